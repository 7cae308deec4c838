import { allIPsOf, type NodeRef, type ProbeRef } from '../../contract/topology.ts'

/** Whose address a host outside the cluster saw: that of the client's own node, the client's own, or a third one. */
export type Source = 'node' | 'pod' | 'other'

/** The addresses of the client's own node. */
export function nodeAddresses(from: ProbeRef, nodes: readonly NodeRef[]): string[] {
  const node = nodes.find(({ name }) => name === from.node)
  return [...new Set([...from.hostIPs, ...(node ? allIPsOf(node) : [])])]
}

/** Whose address this is, seen from a client. A client in its node's network has the node's own address. */
export function sourceOf(ip: string, from: ProbeRef, nodes: readonly NodeRef[]): Source {
  if (nodeAddresses(from, nodes).includes(ip)) return 'node'
  return from.ips.includes(ip) ? 'pod' : 'other'
}
