import { DRAWN } from '../contract/draw.ts'
import { moved } from './changes.ts'
import { BOTH, type Family, type Fault, type Place } from './fault.ts'
import { table } from './kit/nft.ts'
import { observerOf } from './kit/outside.ts'
import { BEFORE } from './kit/service.ts'

/** The ports of the Services of these scenarios. */
const PORTS = `${DRAWN.first}-${DRAWN.last}`

/** A fault about load balancers, in rules on every node, because any node may get their packets. */
const balancerFault = (
  simple: Pick<Fault, 'id' | 'says' | 'breaks' | 'also'>,
  hook: string,
  rule: (family: Family, from: string) => string,
): Fault => ({
  ...simple,
  where: 'every node',
  on: BOTH,
  needs: ['services', 'outside', 'lb'],
  steps: (place) =>
    place.topology.nodes.map(({ name }) => table(name, simple.id, [{ hook, rules: rulesFor(place, rule) }])),
})

const rulesFor = (place: Place, rule: (family: Family, from: string) => string): string[] =>
  place.families.flatMap((family) => {
    const observer = observerOf(place, family)
    return observer ? [rule(family, `${family.ip} saddr ${observer}`)] : []
  })

export const loadBalancers: Fault[] = [
  balancerFault(
    {
      id: 'load-balancer-without-udp',
      says: 'A load balancer forwards TCP, and its listener for UDP was never created.',
      breaks: [{ id: 'X09' }],
      also: { ids: ['X10', 'X11'], because: 'the same client dials ports of the same range' },
    },
    BEFORE,
    (_, from) => `${from} udp dport ${PORTS} drop`,
  ),
  balancerFault(
    {
      id: 'load-balancer-masquerades',
      says: 'Nodes masquerade what a load balancer sends them, although the Service asks for the policy Local.',
      breaks: [{ id: 'X10' }],
    },
    'nat hook postrouting priority 90',
    ({ ip, pods }, from) =>
      `${from} ${ip} daddr ${pods} meta l4proto { tcp, udp } ct original proto-dst ${PORTS} masquerade`,
  ),
  {
    id: 'load-balancer-moves',
    says: 'A deployment tool deletes and re-creates a Service with each release, so its load balancer gets another address.',
    breaks: [{ id: 'X09' }],
    where: 'API',
    on: BOTH,
    needs: ['services', 'outside', 'lb'],
    steps: () => [moved('X09')],
  },
]
