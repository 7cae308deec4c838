import type { NodeRef, ProbeRef } from '../../contract/topology.ts'

/** Whose address a host outside the cluster saw: that of the client's own node, the client's own, or a third one. */
export type Source = 'node' | 'pod' | 'other'

/** The addresses of the client's own node. */
export const nodeAddresses = (from: ProbeRef, nodes: readonly NodeRef[]): string[] => [
  ...new Set([...from.hostIPs, ...(nodes.find(({ name }) => name === from.node)?.internalIPs ?? [])]),
]

/** Whose address this is, seen from a client. */
export function sourceOf(ip: string, from: ProbeRef, nodes: readonly NodeRef[]): Source {
  if (from.ips.includes(ip)) return 'pod'
  return nodeAddresses(from, nodes).includes(ip) ? 'node' : 'other'
}
