import { BOTH, type Family, type Fault, type Place } from './fault.ts'
import { inFamily, leaving, ownPodIPs } from './kit/family.ts'
import { BETWEEN_NODES, NAMES, SERVICES } from './kit/groups.ts'
import { onNode } from './kit/nft.ts'
import { HTTP, PROBE_PORTS } from './kit/ports.ts'

const FORWARD = 'filter hook forward priority -10'
const arriving = ({ ip, own, others }: Family) => `${ip} saddr ${others} ${ip} daddr ${own}`

/** What goes to a neighbour's pods leads nowhere; a rule of routing comes before whatever routes the network has. */
const blackhole = ({ node, others, families }: Place) =>
  families.map(({ version }) => {
    const range = inFamily(others[0]?.podCIDRs ?? [], { version })[0] ?? ''
    const rule = `ip ${version === 6 ? '-6 ' : ''}rule`
    return {
      node: node.name,
      in: `${rule} add blackhole to ${range} pref 5701`,
      out: `${rule} del pref 5701 2>/dev/null || :`,
      shows: `${rule} show | grep -q '^5701:'`,
    }
  })

export const loss: Fault[] = [
  {
    id: 'udp-between-nodes',
    says: 'A firewall between the nodes knows TCP and drops UDP: everything works but DNS from some nodes.',
    breaks: [{ id: 'P02', rows: /UDP/ }, { id: 'P05', rows: /another node, UDP/ }, { id: 'P03' }],
    also: { ids: BETWEEN_NODES, because: 'their UDP rows cross nodes' },
    where: 'one node',
    on: BOTH,
    steps: onNode('udp-between-nodes', FORWARD, (f) => `${leaving(f)} meta l4proto udp drop`),
  },
  {
    id: 'tcp-between-nodes',
    says: 'New TCP connections toward one node are dropped while UDP passes.',
    breaks: [
      { id: 'P02', rows: /TCP|HTTP/ },
      { id: 'I05', rows: /another node/ },
      { id: 'C02', rows: /another node/ },
    ],
    also: { ids: BETWEEN_NODES, because: 'their TCP rows cross nodes' },
    where: 'one node',
    on: BOTH,
    steps: onNode('tcp-between-nodes', FORWARD, (f) => `${arriving(f)} tcp flags syn / syn,ack drop`),
  },
  {
    id: 'one-way-route',
    says: 'One node has lost its route to one other’s pods; everybody else reaches them.',
    breaks: [{ id: 'P02' }, { id: 'P03' }],
    also: { ids: BETWEEN_NODES, because: 'they cross that pair of nodes' },
    where: 'one node',
    on: BOTH,
    steps: blackhole,
  },
  {
    id: 'one-in-four',
    says: 'One of four equal paths is dead: a connection works or it does not, by the hash of its 4-tuple.',
    breaks: [{ id: 'P03' }],
    also: { ids: BETWEEN_NODES, because: 'each of their conversations meets the dead path one time in four' },
    where: 'one node',
    on: BOTH,
    steps: onNode('one-in-four', FORWARD, (f) => {
      const tuple = `${f.ip} saddr . ${f.ip} daddr . th sport . th dport`
      return `${leaving(f)} meta l4proto { tcp, udp } jhash ${tuple} mod 4 0 drop`
    }),
  },
  {
    id: 'large-packets',
    says: 'An MTU black hole: handshakes work and transfers hang.',
    breaks: [{ id: 'P11' }],
    also: { ids: ['S22'], because: 'a TLS handshake may be as large' },
    where: 'one node',
    on: BOTH,
    steps: onNode('large-packets', FORWARD, (f) => `${leaving(f)} meta length > 1200 drop`),
  },
  {
    id: 'fragments',
    says: 'Datagrams that were cut into fragments are dropped; TCP, which cuts for itself, is fine.',
    breaks: [{ id: 'P11', rows: /datagram/ }],
    where: 'one node',
    on: BOTH,
    // Where connections are tracked, datagrams are whole again by then.
    steps: onNode('fragments', FORWARD, (f) =>
      [
        `${leaving(f)} meta l4proto udp meta length > 1500 drop`,
        f.version === 4 ? `${leaving(f)} ip frag-off & 0x3fff != 0 drop` : `${leaving(f)} exthdr frag exists drop`,
      ].join('\n'),
    ),
  },
  {
    id: 'neighbours-on-the-node',
    says: 'Pods of one node cannot reach each other, while they reach every other node’s.',
    breaks: [{ id: 'P01' }, { id: 'P08' }, { id: 'P04', rows: /the same node/ }, { id: 'P05', rows: /the same node/ }],
    also: {
      ids: ['P03', 'P06', 'C02', 'C07', 'C08', 'I02', 'I05', ...SERVICES, ...NAMES],
      because: 'they talk on one node as well, be it to cluster DNS',
    },
    where: 'one node',
    on: BOTH,
    steps: onNode('neighbours-on-the-node', FORWARD, ({ ip, own }) => `${ip} saddr ${own} ${ip} daddr ${own} drop`),
  },
  {
    id: 'http-filtered',
    says: 'A middlebox takes HTTP on an odd port for something else and drops it.',
    breaks: [
      { id: 'P01', rows: /HTTP/ },
      { id: 'P02', rows: /HTTP/ },
    ],
    where: 'one node',
    on: BOTH,
    steps: onNode('http-filtered', FORWARD, ({ ip, own }) => `${ip} daddr ${own} tcp dport ${HTTP} drop`),
  },
  {
    id: 'namespaces-divided',
    says: 'A default-deny crept in between namespaces: pods of the same namespace talk, others do not.',
    breaks: [{ id: 'P06' }],
    also: { ids: ['P08', 'S12'], because: 'they have clients in the other namespace' },
    where: 'one node',
    on: BOTH,
    steps: (place) => {
      const far = place.topology.pods.filter(({ role }) => role === 'probed')
      return onNode(
        'namespaces-divided',
        FORWARD,
        (f) =>
          `${f.ip} saddr ${f.own} ${f.ip} daddr { ${far.flatMap((pod) => inFamily(pod.containers[0]?.ips ?? [], f)).join(', ')} } drop`,
      )(place)
    },
  },
  {
    id: 'unprogrammed-pods',
    says: 'The network plug-in of one node has stopped: pods that were there go on, and new ones are reached by nobody.',
    breaks: [{ id: 'P12' }, { id: 'C08' }],
    also: {
      ids: ['N03', 'S03', 'S06', 'S07', 'S09', 'S10', 'S11', 'S13', 'S14', 'S17', 'S20', 'S21', 'S25', 'D05', 'D07'],
      because: 'they make pods of their own',
    },
    where: 'one node',
    on: BOTH,
    // What is not ours, cluster DNS above all, goes on.
    steps: onNode('unprogrammed-pods', FORWARD, (f, place) => {
      const late = `${f.ip} daddr ${f.own} ${f.ip} daddr != { ${ownPodIPs(place, f).join(', ')} }`
      return `${late} tcp dport ${PROBE_PORTS} drop\n${late} udp dport ${PROBE_PORTS} drop`
    }),
  },
]
