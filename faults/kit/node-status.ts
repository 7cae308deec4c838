import type { NodeRef } from '../../contract/topology.ts'
import type { ApiStep } from '../fault.ts'

/** A step that replaces the internal addresses in a node's status by `ips`. */
export function nodeWith(ips: readonly string[], { name, internalIPs }: NodeRef): ApiStep {
  const addresses = (internal: readonly string[]) => [
    ...internal.map((address) => ({ type: 'InternalIP', address })),
    { type: 'Hostname', address: name },
  ]
  return {
    path: `/api/v1/nodes/${name}/status`,
    patch: { status: { addresses: addresses(ips) } },
    back: { status: { addresses: addresses(internalIPs) } },
  }
}
