import { holds } from '../../contract/cidr.ts'
import type { NodeRef, StandingPod } from '../../contract/topology.ts'
import type { Asker } from '../streams/probe-client.ts'

/** The addresses of all interfaces of nodes, by node, as the pods in the networks of the nodes see them. */
export async function interfaceAddresses(
  pods: readonly StandingPod[],
  streams: Asker,
  limit: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const hosts = pods.filter(({ role }) => role === 'host').flatMap(({ containers }) => containers.slice(0, 1))
  const facts = await Promise.all(hosts.map((probe) => streams.ask(probe, 'facts', {}, limit)))
  return new Map(hosts.map(({ node }, i) => [node, facts[i]?.addresses ?? []]))
}

/**
 * Nodes with the addresses that they have besides those that the API tells: those of a second network, for example. A bridge has an
 * address of its node's pod range, and what several nodes have (of Docker, of IPVS) is nobody's own, so neither counts.
 */
export function withMoreAddresses(nodes: readonly NodeRef[], seen: ReadonlyMap<string, readonly string[]>): NodeRef[] {
  // With one node it cannot be told what is its own.
  if (seen.size < 2) return [...nodes]
  const all = [...seen.values()].flatMap((ips) => [...new Set(ips)])
  const ranges = nodes.flatMap(({ podCIDRs }) => podCIDRs)
  const isOwn = (ip: string) =>
    all.filter((each) => each === ip).length === 1 && !ranges.some((range) => holds(range, ip))
  return nodes.map((node) => {
    const moreIPs = (seen.get(node.name) ?? []).filter((ip) => !node.internalIPs.includes(ip) && isOwn(ip))
    return moreIPs.length > 0 ? { ...node, moreIPs } : node
  })
}
