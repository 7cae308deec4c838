import { probeProgram } from '../../contract/files.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import { drawListening, environmentOf, type HostRole, hostProbe, serveWords } from './host.ts'
import type { OutsideSite } from './site.ts'
import { type Containers, dockerLabels } from './testcontainers.ts'

const START_MS = 30_000

/** Starts a container that serves as a probe. `network` is the name of the only Docker network that it is on. */
export async function serveInContainer(
  { GenericContainer, Wait, docker }: Containers,
  { run, image }: Pick<OutsideSite, 'run' | 'image'>,
  role: HostRole,
  network: string,
): Promise<ProbeRef> {
  const name = `flatnet-${run}-${role}`
  const ports = drawListening()
  const container = await new GenericContainer(image)
    .withNetworkMode(network)
    .withName(name)
    .withLabels(dockerLabels(run))
    .withCopyContentToContainer([{ content: probeProgram(), target: '/flatnet/probe.cjs', mode: 0o644 }])
    .withEnvironment(environmentOf(run, role))
    // An image may have an entry point of its own, as flatnet's has.
    .withEntrypoint(['node'])
    .withCommand(['/flatnet/probe.cjs', ...serveWords(ports)])
    .withWaitStrategy(Wait.forLogMessage('"serving"'))
    .withStartupTimeout(START_MS)
    .start()
  const ips = await addressesOn(docker, container.getId(), network)
  return hostProbe(run, role, { ips, ports, shell: ['docker', 'exec', '-i', name] })
}

/** The addresses of a container on a Docker network, one for each IP family. */
export async function addressesOn(docker: Containers['docker'], container: string, network: string): Promise<string[]> {
  const { NetworkSettings } = await docker.getContainer(container).inspect()
  const here = NetworkSettings.Networks[network]
  return [here?.IPAddress, here?.GlobalIPv6Address].filter((ip): ip is string => Boolean(ip))
}
