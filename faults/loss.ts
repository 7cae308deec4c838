import { spreadOver } from '../contract/cidr.ts'
import { BOTH, type Fault, type Place } from './fault.ts'
import { arriving, inFamily, leaving, ownPodIPs } from './kit/family.ts'
import { BETWEEN_NODES, NAMES, SERVICES } from './kit/groups.ts'
import { FORWARD } from './kit/hooks.ts'
import { rulesOnNode } from './kit/nft.ts'
import { HTTP, PROBE_PORTS } from './kit/ports.ts'

/** Drops packets to a part of another node's pod range by a routing rule, which comes before all routes of the network. */
const blackhole =
  (pref: number, part: (range: string) => string) =>
  ({ node, others, families }: Place) =>
    families.map(({ version }) => {
      const range = inFamily(others[0]?.podCIDRs ?? [], { version })[0] ?? ''
      const rule = `ip ${version === 6 ? '-6 ' : ''}rule`
      return {
        node: node.name,
        in: `${rule} add blackhole to ${part(range)} pref ${pref}`,
        out: `${rule} del pref ${pref} 2>/dev/null || :`,
        shows: `${rule} show | grep -q '^${pref}:'`,
      }
    })

/** The upper half of a range, where no pod may have an address yet. */
const upperHalf = (range: string) => `${spreadOver(range)[1]}/${Number(range.split('/')[1]) + 1}`

export const loss: Fault[] = [
  {
    id: 'udp-between-nodes',
    says: 'A firewall between the nodes drops UDP. TCP works, but DNS fails from some nodes.',
    breaks: [{ id: 'P02', rows: /UDP/ }, { id: 'P05', rows: /another node, UDP/ }, { id: 'P03' }],
    also: { ids: BETWEEN_NODES, because: 'their UDP packets go from node to node' },
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode('udp-between-nodes', FORWARD, (f) => `${leaving(f)} meta l4proto udp drop`),
  },
  {
    id: 'tcp-between-nodes',
    says: 'A firewall drops new TCP connections to one node, while UDP passes.',
    breaks: [
      { id: 'P02', rows: /TCP|HTTP/ },
      { id: 'I05', rows: /another node/ },
      { id: 'C02', rows: /another node/ },
    ],
    also: { ids: BETWEEN_NODES, because: 'their TCP packets go from node to node' },
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode('tcp-between-nodes', FORWARD, (f) => `${arriving(f)} tcp flags syn / syn,ack drop`),
  },
  {
    id: 'one-way-route',
    says: 'One node has lost its route to the pods of another node. All other nodes reach them.',
    breaks: [{ id: 'P02' }, { id: 'P03' }],
    also: { ids: BETWEEN_NODES, because: 'their conversations cross this pair of nodes' },
    where: 'one node',
    on: BOTH,
    steps: blackhole(5701, (range) => range),
  },
  {
    id: 'half-a-route',
    says: 'A typo in a static route of one node covers half of the pod range of another node.',
    breaks: [{ id: 'P14' }],
    also: { ids: BETWEEN_NODES, because: 'their pods may have addresses in that half' },
    where: 'one node',
    on: BOTH,
    steps: blackhole(5702, upperHalf),
  },
  {
    id: 'one-in-four',
    says: 'One of four equal-cost paths is dead. The hash of its 4-tuple decides whether a connection works.',
    breaks: [{ id: 'P03' }],
    also: {
      ids: BETWEEN_NODES,
      because: 'each of their conversations takes the dead path with a probability of 1 in 4',
    },
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode('one-in-four', FORWARD, (f) => {
      const tuple = `${f.ip} saddr . ${f.ip} daddr . th sport . th dport`
      return `${leaving(f)} meta l4proto { tcp, udp } jhash ${tuple} mod 4 0 drop`
    }),
  },
  {
    id: 'large-packets',
    says: 'An MTU black hole drops large packets: handshakes work, but transfers hang.',
    breaks: [{ id: 'P11' }],
    also: { ids: BETWEEN_NODES, because: 'some of their packets are as large' },
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode('large-packets', FORWARD, (f) => `${leaving(f)} meta length > 1200 drop`),
  },
  {
    id: 'fragments',
    says: 'A device drops IP fragments. Large UDP datagrams are lost, while TCP works.',
    breaks: [{ id: 'P11', rows: /datagram/ }],
    where: 'one node',
    on: BOTH,
    // Connection tracking reassembles datagrams before this hook, so the first rule matches their full length.
    steps: rulesOnNode('fragments', FORWARD, (f) =>
      [
        `${leaving(f)} meta l4proto udp meta length > 1500 drop`,
        f.version === 4 ? `${leaving(f)} ip frag-off & 0x3fff != 0 drop` : `${leaving(f)} exthdr frag exists drop`,
      ].join('\n'),
    ),
  },
  {
    id: 'neighbours-on-the-node',
    says: 'Pods of one node cannot reach each other, but they reach the pods of all other nodes.',
    breaks: [{ id: 'P01' }, { id: 'P08' }, { id: 'P04', rows: /the same node/ }, { id: 'P05', rows: /the same node/ }],
    also: {
      ids: ['P03', 'P05', 'P06', 'C02', 'C07', 'C08', 'I02', 'I05', ...SERVICES, ...NAMES],
      because: 'they also open conversations within a node, for example with cluster DNS',
    },
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode(
      'neighbours-on-the-node',
      FORWARD,
      ({ ip, own }) => `${ip} saddr ${own} ${ip} daddr ${own} drop`,
    ),
  },
  {
    id: 'http-filtered',
    says: 'A middlebox drops HTTP on an unusual port.',
    breaks: [
      { id: 'P01', rows: /HTTP/ },
      { id: 'P02', rows: /HTTP/ },
    ],
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode('http-filtered', FORWARD, ({ ip, own }) => `${ip} daddr ${own} tcp dport ${HTTP} drop`),
  },
  {
    id: 'namespaces-divided',
    says: 'A default-deny policy drops packets between namespaces. Pods of the same namespace reach each other.',
    breaks: [{ id: 'P06' }],
    also: { ids: ['P08', 'S12'], because: 'they have clients in the second namespace' },
    where: 'one node',
    on: BOTH,
    steps: (place) => {
      const far = place.topology.pods.filter(({ role }) => role === 'probed')
      return rulesOnNode(
        'namespaces-divided',
        FORWARD,
        (f) =>
          `${f.ip} saddr ${f.own} ${f.ip} daddr { ${far.flatMap((pod) => inFamily(pod.containers[0]?.ips ?? [], f)).join(', ')} } drop`,
      )(place)
    },
  },
  {
    id: 'unprogrammed-pods',
    says: 'The network plug-in of one node has stopped. Existing pods keep working, but no client reaches new ones.',
    breaks: [{ id: 'P12' }, { id: 'C08' }],
    also: {
      ids: ['N03', 'S03', 'S06', 'S07', 'S09', 'S10', 'S11', 'S13', 'S14', 'S17', 'S20', 'S21', 'S25', 'D05', 'D07'],
      because: 'they create pods',
    },
    where: 'one node',
    on: BOTH,
    // Only probe ports are dropped, so that cluster DNS and other workloads keep working.
    steps: rulesOnNode('unprogrammed-pods', FORWARD, (f, place) => {
      const late = `${f.ip} daddr ${f.own} ${f.ip} daddr != { ${ownPodIPs(place, f).join(', ')} }`
      return `${late} tcp dport ${PROBE_PORTS} drop\n${late} udp dport ${PROBE_PORTS} drop`
    }),
  },
]
