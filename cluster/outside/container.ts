import { probeProgram } from '../../contract/files.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import { drawPorts, environmentOf, type HostRole, hostProbe, serveWords } from './host.ts'
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
  const ports = drawPorts()
  const container = await new GenericContainer(image)
    .withNetworkMode(network)
    .withName(name)
    .withLabels(dockerLabels(run))
    .withCopyContentToContainer([{ content: probeProgram(), target: '/flatnet/probe.cjs', mode: 0o644 }])
    .withEnvironment(environmentOf(run, role))
    .withCommand(['node', '/flatnet/probe.cjs', ...serveWords(ports)])
    .withWaitStrategy(Wait.forLogMessage('"serving"'))
    .withStartupTimeout(START_MS)
    .start()
  const found = await docker.getContainer(container.getId()).inspect()
  const here = found.NetworkSettings.Networks[network]
  const ips = [here?.IPAddress, here?.GlobalIPv6Address].filter((ip): ip is string => Boolean(ip))
  return hostProbe(run, role, { ips, ports, shell: ['docker', 'exec', '-i', name] })
}
