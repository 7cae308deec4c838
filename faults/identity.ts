import type { ApiStep, Fault, Place } from './fault.ts'

/** The node's addresses as its status gives them, with a neighbour's in place of its own. */
const wrongAddress = (place: Place): ApiStep => {
  const addresses = (ips: readonly string[]) => [
    ...ips.map((address) => ({ type: 'InternalIP', address })),
    { type: 'Hostname', address: place.node.name },
  ]
  return {
    path: `/api/v1/nodes/${place.node.name}/status`,
    patch: { status: { addresses: addresses(place.others[0]?.internalIPs ?? []) } },
    back: { status: { addresses: addresses(place.node.internalIPs) } },
  }
}

export const identity: Fault[] = [
  {
    id: 'node-address',
    says: 'A node registered with another node’s address: its pods are told the wrong host.',
    breaks: [
      { id: 'I03', rows: /host IP/ },
      { id: 'I06', rows: /InternalIP/ },
    ],
    also: { ids: ['P10', 'P09', 'E02'], because: 'they say whose address was seen' },
    where: 'API',
    // A real kubelet puts its own address back within seconds.
    on: ['reference'],
    steps: (place) => [wrongAddress(place)],
  },
]
