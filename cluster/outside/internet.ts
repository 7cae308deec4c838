import { createHash } from 'node:crypto'
import { Trouble } from '../../contract/errors.ts'
import type { Gateway, ProbeRef } from '../../contract/topology.ts'
import { familyOf } from '../../probe/address.ts'
import { complaint, onNode, tool } from '../commands.ts'
import { addressesOn, serveInContainer } from './container.ts'
import { gatewayTable, type Sides } from './gateway.ts'
import type { OutsideSite } from './site.ts'
import { type Containers, dockerLabels } from './testcontainers.ts'

/** A host on the internet, and the gateway between it and the nodes. */
export interface Internet {
  internet: ProbeRef
  gateway: Gateway
}

/** Why there can be no internet gateway. */
export const NO_ROUTES = 'flatnet puts routes only on the nodes of clusters that it created: --cluster kind'

/** The label of an internet network: the names of the nodes that have a route to it. */
export const ROUTED = 'flatnet/routes-on'

/** A random-looking range of unique local addresses for the internet of a run. Docker picks the IPv4 range itself. */
const range6 = (run: string): string => {
  const hex = createHash('sha256').update(run).digest('hex')
  return `fd${hex.slice(0, 2)}:${hex.slice(2, 6)}:${hex.slice(6, 10)}:1::/64`
}

/**
 * Starts a second Docker network as the internet, a host on it, and a gateway between it and the nodes. Then routes to
 * that network are put on the nodes.
 * @throws Trouble if flatnet did not create the cluster, or if a container or a route cannot be made.
 */
export async function startInternet(tools: Containers, site: OutsideSite, lan: string): Promise<Internet> {
  const { docker } = tools
  const { run, facts, allNodes } = site
  const names = allNodes.map(({ name }) => name)
  if (names.length === 0 || names.some((name) => (facts.nodeShell[name] ?? []).length === 0))
    throw new Trouble(NO_ROUTES)
  const isDual = allNodes.some(({ internalIPs }) => internalIPs.some((ip) => familyOf(ip) === 6))
  const name = `flatnet-${run}-internet`
  await docker.createNetwork({
    Name: name,
    Labels: { ...dockerLabels(run), [ROUTED]: names.join(',') },
    ...(isDual && { EnableIPv6: true, IPAM: { Config: [{ Subnet: range6(run) }] } }),
  })
  const [internet, gateway] = await Promise.allSettled([
    serveInContainer(tools, site, 'internet', name),
    startGateway(tools, site, { internet: name, lan }),
  ])
  if (internet.status === 'rejected') throw internet.reason
  if (gateway.status === 'rejected') throw gateway.reason
  return { internet: internet.value, gateway: gateway.value }
}

/** The ranges of a Docker network. */
async function rangesOf({ docker }: Containers, network: string): Promise<string[]> {
  const { IPAM } = (await docker.getNetwork(network).inspect()) as { IPAM: { Config: { Subnet?: string }[] } }
  return IPAM.Config.flatMap(({ Subnet }) => (Subnet ? [Subnet] : []))
}

/** Starts a gateway from the image of the nodes, which has nft and ip. */
async function startGateway(
  tools: Containers,
  { run, allNodes, facts }: OutsideSite,
  networks: { internet: string; lan: string },
): Promise<Gateway> {
  const { GenericContainer, docker } = tools
  const name = `flatnet-${run}-gateway`
  const node = await docker.getContainer(allNodes[0]?.name ?? '').inspect()
  const container = await new GenericContainer(node.Config.Image)
    .withNetworkMode(networks.internet)
    .withName(name)
    .withLabels(dockerLabels(run))
    .withEntrypoint(['sleep', 'infinity'])
    .withPrivilegedMode()
    .start()
  await docker.getNetwork(networks.lan).connect({ Container: container.getId() })
  const [outer, inner, ranges] = await Promise.all([
    addressesOn(docker, container.getId(), networks.internet),
    addressesOn(docker, container.getId(), networks.lan),
    rangesOf(tools, networks.internet),
  ])
  const sides = outer.map((external): Sides => ({ external, internet: rangeFor(external, ranges) }))
  const shell = ['docker', 'exec', '-i', name]
  await setUp(
    shell,
    gatewayTable(
      allNodes.flatMap(({ internalIPs }) => internalIPs),
      sides,
    ),
  )
  const routes = sides.map(({ internet, external }) => {
    const via = inner.find((ip) => familyOf(ip) === familyOf(external))
    return via ? `ip -${familyOf(via)} route replace ${internet} via ${via}` : ':'
  })
  await Promise.all(allNodes.map((each) => onNode(facts, each.name, routes.join('\n'))))
  return { external: outer, shell }
}

const rangeFor = (ip: string, ranges: readonly string[]) =>
  ranges.find((range) => familyOf(range) === familyOf(ip)) ?? ''

async function setUp(shell: readonly string[], table: string): Promise<void> {
  const script = `sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 || :\nnft -f - <<'TABLE'\n${table}\nTABLE`
  await tool([...shell, 'sh', '-ec', script], { timeout: 10_000 }).catch((error: unknown) => {
    throw new Trouble(`its rules were not accepted: ${complaint(error)}`)
  })
}
