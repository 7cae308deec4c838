import type { Fault } from './fault.ts'
import { nodeWith } from './kit/node-status.ts'

export const identity: Fault[] = [
  {
    id: 'node-address',
    says: 'A node registered with the address of another node, so its pods get the wrong host IP.',
    breaks: [
      { id: 'I03', rows: /host IP/ },
      { id: 'I06', rows: /InternalIP/ },
    ],
    also: {
      ids: ['P10', 'P09', 'E02'],
      because: 'they compare the addresses that servers see with the node’s addresses',
    },
    where: 'API',
    // A real kubelet reverts the address within seconds.
    on: ['reference'],
    steps: ({ node, others }) => [nodeWith(others[0]?.internalIPs ?? [], node)],
  },
]
