import { BOTH, type Family, type Fault, type Place } from './fault.ts'
import { leaving } from './kit/family.ts'
import { table } from './kit/nft.ts'
import { nodeWith } from './kit/node-status.ts'

const NEEDS = ['dual'] as const

const second = (place: Place, rule: (family: Family) => string): string[] => place.families.slice(1).map(rule)

export const dual: Fault[] = [
  {
    id: 'node-of-one-family',
    says: 'A node of a dual-stack cluster registers with addresses of one IP family only.',
    breaks: [{ id: 'DS01' }],
    also: { ids: ['I06'], because: 'it compares the node’s addresses' },
    where: 'API',
    on: ['reference'],
    needs: NEEDS,
    steps: ({ node }) => [nodeWith(node.internalIPs.slice(0, 1), node)],
  },
  {
    id: 'second-family-between-nodes',
    says: 'One node has no route to other nodes for the second IP family. Clients fall back to the first family after a delay.',
    breaks: [{ id: 'DS02', rows: /another node, (TCP|UDP), IPv6/ }],
    also: {
      ids: [
        'P02',
        'P03',
        'P04',
        'P05',
        'P06',
        'P10',
        'P11',
        'P12',
        'I02',
        'I05',
        'C02',
        'S01',
        'S02',
        'S03',
        'S04',
        'S08',
        'I07',
      ],
      because: 'their conversations between nodes use both families',
    },
    where: 'one node',
    on: BOTH,
    needs: NEEDS,
    steps: (place) => [
      table(place.node.name, 'second-family-between-nodes', [
        {
          hook: 'filter hook forward priority -10',
          rules: second(place, (f) => `${leaving(f)} drop`),
        },
      ]),
    ],
  },
  {
    id: 'second-family-of-services',
    says: 'The service proxy of one node programs one IP family only.',
    breaks: [{ id: 'DS03', rows: /DualStack/ }],
    also: {
      ids: [
        'S01',
        'S02',
        'S03',
        'S04',
        'S08',
        'S10',
        'S11',
        'S13',
        'S14',
        'S15',
        'S16',
        'S17',
        'S18',
        'S24',
        'I07',
        'DS03',
      ],
      because: 'their conversations use both families of a Service',
    },
    where: 'one node',
    on: BOTH,
    needs: NEEDS,
    steps: (place) => [
      table(place.node.name, 'second-family-of-services', [
        {
          hook: 'filter hook prerouting priority -310',
          rules: second(
            place,
            ({ ip, services, dns }) => `${ip} daddr ${services} ${dns && `${ip} daddr != ${dns} `}drop`,
          ),
        },
      ]),
    ],
  },
]
