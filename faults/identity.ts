import type { Fault } from './fault.ts'
import { nodeWith } from './kit/node-status.ts'

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
    steps: ({ node, others }) => [nodeWith(others[0]?.internalIPs ?? [], node)],
  },
]
