import { BOTH, type Family, type Fault, type Place } from './fault.ts'
import { inFamily } from './kit/family.ts'
import { table } from './kit/nft.ts'
import { between, internetOf, observerOf, outsideOf, routedOf, sourcesAt, unusedAt } from './kit/outside.ts'

const OUT = ['observer', 'masquerade']
const FAR = ['gateway', 'masquerade']
const RAW = 'filter hook prerouting priority -350'
const SOURCE = 'nat hook postrouting priority 90'

/** Rules on the chosen node for packets from its pods to these hosts outside, for each IP family. */
const leaving =
  (
    name: string,
    hook: string,
    hosts: (place: Place, f: Family) => string,
    rule: (f: Family, match: string, place: Place) => string,
  ) =>
  (place: Place) => {
    const families = place.families.filter((f) => hosts(place, f) !== '')
    const rules = families.map((f) => rule(f, `${f.ip} saddr ${f.own} ${f.ip} daddr ${hosts(place, f)}`, place))
    return [table(place.node.name, name, [{ hook, rules }])]
  }

type Rest = Omit<Fault, 'id' | 'says' | 'where' | 'on' | 'needs'> & Partial<Pick<Fault, 'needs'>>

const onOneNode = (id: string, says: string, rest: Rest): Fault => ({
  id,
  says,
  where: 'one node',
  on: BOTH,
  needs: OUT,
  ...rest,
})

export const egress: Fault[] = [
  onOneNode('no-way-out', 'An egress firewall on one node drops the packets of its pods that leave the cluster.', {
    breaks: [{ id: 'E01' }, { id: 'E07' }],
    also: { ids: ['E02', 'E04', 'E05', 'E09', 'E10', 'E11'], because: 'their packets do not leave the node' },
    steps: leaving('no-way-out', 'filter hook forward priority -10', outsideOf, (_, match) => `${match} drop`),
  }),
  onOneNode('egress-for-web-alone', 'An egress firewall on one node lets web ports out, and drops every other port.', {
    breaks: [{ id: 'E01' }, { id: 'E11' }],
    also: { ids: ['E02', 'E04', 'E05', 'E07', 'E09', 'E10'], because: 'their packets do not leave the node' },
    needs: FAR,
    steps: leaving(
      'egress-for-web-alone',
      'filter hook forward priority -10',
      outsideOf,
      (_, match) => `${match} meta l4proto { tcp, udp } th dport != { 80, 443 } drop`,
    ),
  }),
  onOneNode('egress-for-small-packets', 'Large packets that leave one node are dropped without an ICMP error.', {
    breaks: [{ id: 'E01', rows: /MiB|datagram/ }],
    also: { ids: ['E01'], because: 'its conversations have many sizes' },
    steps: leaving(
      'egress-for-small-packets',
      'filter hook prerouting priority -310',
      observerOf,
      (_, match, place) => `${match} meta length > ${between(place, 700, 1_300)} drop`,
    ),
  }),
  onOneNode('replies-for-small-packets', 'Large packets from outside to the pods of one node are dropped.', {
    breaks: [{ id: 'E01', rows: /MiB/ }],
    also: { ids: ['E01'], because: 'its conversations have many sizes' },
    steps: (place) => {
      const rules = place.families.flatMap((f) => {
        const from = observerOf(place, f)
        return from ? [`${f.ip} saddr ${from} meta length > ${between(place, 700, 1_300)} ct direction reply drop`] : []
      })
      return [
        table(place.node.name, 'replies-for-small-packets', [{ hook: 'filter hook forward priority -10', rules }]),
      ]
    },
  }),
  onOneNode(
    'no-masquerade',
    'One node does not masquerade. Packets leave with the pod’s own address, and hosts outside have no route back.',
    {
      breaks: [{ id: 'E02' }, { id: 'E04' }, { id: 'E05' }, { id: 'E10' }],
      also: { ids: ['E01', 'E07', 'E09', 'E11'], because: 'the answers have no route back' },
      needs: FAR,
      steps: leaving('no-masquerade', RAW, outsideOf, (_, match) => `${match} notrack`),
    },
  ),
  onOneNode('no-masquerade-of-udp', 'One node masquerades only TCP. UDP packets leave with the pod’s own address.', {
    breaks: [{ id: 'E02', rows: /UDP/ }],
    also: { ids: ['E01', 'E04', 'E05', 'E07', 'E10', 'E11'], because: 'the UDP answers have no route back' },
    steps: leaving('no-masquerade-of-udp', RAW, outsideOf, (_, match) => `${match} meta l4proto udp notrack`),
  }),
  onOneNode('no-masquerade-of-tcp', 'One node masquerades only UDP. TCP packets leave with the pod’s own address.', {
    breaks: [{ id: 'E02', rows: /TCP|HTTP/ }],
    also: { ids: ['E01', 'E04', 'E05', 'E07', 'E10', 'E11'], because: 'the TCP answers have no route back' },
    steps: leaving('no-masquerade-of-tcp', RAW, outsideOf, (_, match) => `${match} meta l4proto tcp notrack`),
  }),
  onOneNode('no-masquerade-of-ipv6', 'One node masquerades only IPv4, although the cluster has both IP families.', {
    breaks: [{ id: 'E02' }],
    also: { ids: ['E01', 'E04', 'E05', 'E07', 'E10', 'E11'], because: 'the IPv6 answers have no route back' },
    needs: [...OUT, 'dual'],
    steps: leaving(
      'no-masquerade-of-ipv6',
      RAW,
      (place, f) => (f.version === 6 ? outsideOf(place, f) : ''),
      (_, match) => `${match} notrack`,
    ),
  }),
  onOneNode(
    'no-masquerade-to-the-internet',
    'The list of ranges without masquerade has one range too many: packets to the internet leave with the pod’s own address.',
    {
      breaks: [{ id: 'E10' }],
      also: { ids: ['E11', 'E09'], because: 'the gateway refuses packets with a pod’s address' },
      needs: FAR,
      steps: leaving('no-masquerade-to-the-internet', RAW, internetOf, (_, match) => `${match} notrack`),
    },
  ),
  onOneNode(
    'no-masquerade-of-large-datagrams',
    'One node masquerades only small packets. Large ones leave with the pod’s own address.',
    {
      breaks: [
        { id: 'E01', rows: /datagram/ },
        { id: 'E11', rows: /datagram/ },
      ],
      needs: FAR,
      steps: leaving(
        'no-masquerade-of-large-datagrams',
        RAW,
        outsideOf,
        (_, match, place) => `${match} meta l4proto udp meta length > ${between(place, 1_600, 8_000)} notrack`,
      ),
    },
  ),
  onOneNode(
    'masquerade-of-a-neighbour',
    'Packets leave the cluster with the address of another node, for example after an address was moved. The answers go to the wrong node.',
    {
      breaks: [{ id: 'E02' }, { id: 'E05' }],
      also: { ids: ['E01', 'E04', 'E07', 'E09', 'E10', 'E11'], because: 'the answers go to the wrong node' },
      steps: leaving(
        'masquerade-of-a-neighbour',
        SOURCE,
        outsideOf,
        ({ ip, neighbour }, match) => `${match} snat ${ip} to ${neighbour}`,
      ),
    },
  ),
  onOneNode('masquerade-to-a-lost-address', 'Packets leave one node with an address that it no longer has.', {
    breaks: [{ id: 'E02' }, { id: 'E05' }],
    also: { ids: ['E01', 'E04', 'E07', 'E09', 'E10', 'E11'], because: 'the answers go to nobody' },
    steps: leaving(
      'masquerade-to-a-lost-address',
      SOURCE,
      outsideOf,
      (f, match, place) => `${match} snat ${f.ip} to ${unusedAt(place, f)}`,
    ),
  }),
  onOneNode('few-ports-for-masquerade', 'One node has too few ports for the conversations that leave it.', {
    breaks: [{ id: 'E07' }],
    also: { ids: ['E01', 'E02', 'E04', 'E05'], because: 'they find no free port' },
    steps: leaving('few-ports-for-masquerade', SOURCE, observerOf, (_, match, place) => {
      const first = between(place, 33_000, 59_000)
      return `${match} meta l4proto { tcp, udp } masquerade to :${first}-${first + 40}`
    }),
  }),
  onOneNode('masquerade-of-an-excluded-range', 'One node masquerades packets to a range that is excluded from it.', {
    breaks: [{ id: 'E03' }],
    needs: ['native'],
    steps: leaving('masquerade-of-an-excluded-range', SOURCE, routedOf, (_, match) => `${match} masquerade`),
  }),
  onOneNode('host-leaves-with-another-address', 'Programs of one node leave with an address that belongs to no node.', {
    breaks: [{ id: 'E06' }],
    needs: ['observer', 'hostnet'],
    steps: (place) => {
      const rules = place.families.flatMap((f) => {
        const to = observerOf(place, f)
        return to ? [`${f.ip} saddr ${f.node} ${f.ip} daddr ${to} snat ${f.ip} to ${unusedAt(place, f)}`] : []
      })
      return [
        table(place.node.name, 'host-leaves-with-another-address', [
          { hook: 'nat hook postrouting priority 90', rules },
        ]),
      ]
    },
  }),
  onOneNode(
    'pod-to-node-as-a-neighbour',
    'Packets from the pods of one node to host-network pods carry the address of another node.',
    {
      breaks: [{ id: 'E08' }],
      also: { ids: ['P09'], because: 'the answers go to the wrong node' },
      needs: ['observer', 'hostnet', 'multi'],
      steps: (place) => {
        const rules = place.families.flatMap((f) =>
          place.others.flatMap((other) => {
            const target = inFamily(other.internalIPs, f)[0]
            const source = place.others.length > 1 ? sourcesAt(place, f, other) : unusedAt(place, f)
            const ports = place.pod('host', other).containers[0]?.ports
            return target && ports
              ? [
                  `${f.ip} saddr ${f.own} ${f.ip} daddr ${target} th dport { ${ports.tcp}, ${ports.udp} } meta l4proto { tcp, udp } snat ${f.ip} to ${source}`,
                ]
              : []
          }),
        )
        return [table(place.node.name, 'pod-to-node-as-a-neighbour', [{ hook: SOURCE, rules }])]
      },
    },
  ),
]
