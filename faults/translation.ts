import { BOTH, type Fault } from './fault.ts'
import { leaving, ownPodIPs, podIP } from './kit/family.ts'
import { SERVICES } from './kit/groups.ts'
import { onNode, table } from './kit/nft.ts'
import { UDP } from './kit/ports.ts'
import { secondAddress } from './kit/second-address.ts'

const POST = 'nat hook postrouting priority 90'

/** Promises about addresses that other scenarios make of what this family translates. */
const CLIENT = ['P04', 'P05', 'P12', 'I02'].map((id) => ({ id }))

/** What reaches a backend by a Service is translated on the same way. */
const VIA_SERVICE = { ids: ['I07'], because: 'its clients are seen by their addresses too' }

export const translation: Fault[] = [
  {
    id: 'source-nat',
    says: 'A stray masquerade rule: pods of other nodes see the node’s address in place of the pod’s.',
    breaks: CLIENT,
    also: VIA_SERVICE,
    where: 'one node',
    on: BOTH,
    steps: onNode('source-nat', POST, (f) => `${leaving(f)} masquerade`),
  },
  {
    id: 'source-nat-of-udp',
    says: 'Only UDP is masqueraded between nodes, so every TCP check is green.',
    breaks: [{ id: 'P04', rows: /another node, UDP/ }, { id: 'P05', rows: /another node, UDP/ }, { id: 'P12' }],
    also: VIA_SERVICE,
    where: 'one node',
    on: BOTH,
    steps: onNode('source-nat-of-udp', POST, (f) => `${leaving(f)} meta l4proto udp masquerade`),
  },
  {
    id: 'source-nat-on-the-node',
    says: 'A node masquerades what its pods send to each other; between nodes all is well.',
    breaks: [
      { id: 'P04', rows: /the same node/ },
      { id: 'P05', rows: /the same node/ },
      { id: 'I02', rows: /the same node/ },
    ],
    also: VIA_SERVICE,
    where: 'one node',
    on: BOTH,
    steps: onNode('source-nat-on-the-node', POST, ({ ip, own }) => `${ip} saddr ${own} ${ip} daddr ${own} masquerade`),
  },
  {
    id: 'port-translation',
    says: 'The source address is kept and the source port is not: the hop keeps state for each connection, and runs out of it.',
    breaks: [{ id: 'P05', rows: /another node/ }, { id: 'P12' }],
    where: 'one node',
    on: BOTH,
    // Port ranges of their own per pod would be one rule each; a map from each address to itself does the same.
    steps: (place) => [
      table(place.node.name, 'port-translation', [
        {
          hook: POST,
          rules: place.families.flatMap((f) =>
            ownPodIPs(place, f).map(
              (ip) =>
                `${f.ip} saddr ${ip} ${f.ip} daddr ${f.others} meta l4proto { tcp, udp } snat ${f.ip} to ${f.version === 6 ? `[${ip}]` : ip}:20000-30000`,
            ),
          ),
        },
      ]),
    ],
  },
  {
    id: 'translation-from-the-second-connection-on',
    says: 'The first connection between two pods is clean; from the second on an accelerator translates.',
    breaks: [
      { id: 'P04', rows: /another node/ },
      { id: 'P05', rows: /another node/ },
    ],
    also: {
      ids: ['P12', 'I02', 'I07'],
      because: 'they look at addresses too, and may be a pair’s second conversation',
    },
    where: 'one node',
    on: BOTH,
    steps: (place) => [
      table(
        place.node.name,
        'translation-from-the-second-connection-on',
        [
          {
            hook: POST,
            rules: place.families.flatMap((f) => {
              const pair = `meta l4proto . ${f.ip} saddr . ${f.ip} daddr`
              return [
                `${leaving(f)} ${pair} @seen${f.version} masquerade`,
                `${leaving(f)} add @seen${f.version} { ${pair} }`,
              ]
            }),
          },
        ],
        place.families
          .map(
            ({ version, ip }) =>
              `set seen${version} { typeof meta l4proto . ${ip} saddr . ${ip} daddr; flags dynamic; size 65535; }`,
          )
          .join('\n'),
      ),
    ],
  },
  {
    id: 'translation-from-the-second-datagram-on',
    says: 'The first packet of a flow is clean; the rest takes a fast path that puts the node’s address in.',
    breaks: [
      { id: 'P04', rows: /another node, UDP/ },
      { id: 'P05', rows: /another node, UDP/ },
    ],
    also: { ids: ['P12'], because: 'its datagrams are translated as well' },
    where: 'one pod',
    // Not on kind: it went unnoticed in trials there, and what becomes of the answers is still to be found out.
    on: ['reference'],
    // Stateless both ways, since connection tracking would give every packet of a flow the same addresses.
    steps: (place) => [
      table(
        place.node.name,
        'translation-from-the-second-datagram-on',
        [
          {
            hook: 'filter hook postrouting priority 300',
            rules: place.families.flatMap((f) => {
              const flow = `${f.ip} saddr . udp sport . ${f.ip} daddr`
              const match = `${f.ip} saddr ${podIP(place, 'client', f)} ${f.ip} daddr ${f.others} udp dport ${UDP}`
              return [
                `${match} ${flow} @flows${f.version} ${f.ip} saddr set ${f.node}`,
                `${match} add @flows${f.version} { ${flow} } add @ports { udp sport }`,
              ]
            }),
          },
          {
            hook: 'filter hook prerouting priority -350',
            // The server's node may put its own address in, too: the way back is known by the client's ports.
            rules: place.families.map(
              (f) =>
                `${f.ip} daddr ${f.node} udp sport ${UDP} udp dport @ports ${f.ip} daddr set ${podIP(place, 'client', f)}`,
            ),
          },
        ],
        [
          'set ports { typeof udp sport; flags dynamic; size 65535; }',
          ...place.families.map(
            ({ version, ip }) =>
              `set flows${version} { typeof ${ip} saddr . udp sport . ${ip} daddr; flags dynamic; size 65535; }`,
          ),
        ].join('\n'),
      ),
    ],
  },
  {
    id: 'reply-translation',
    says: 'Replies leave under another address than the one that was asked, so clients that check whom they hear drop them.',
    breaks: [{ id: 'P05', rows: /another node, UDP/ }],
    also: {
      ids: ['P02', 'P03', 'P04', 'P06', 'P10', 'P12', 'P11', ...SERVICES],
      because: 'they need the same replies',
    },
    where: 'one node',
    on: BOTH,
    // Stateless: connection tracking has no say in what comes after it.
    steps: onNode(
      'reply-translation',
      'filter hook postrouting priority 300',
      (f) => `${leaving(f)} udp sport ${UDP} ${f.ip} saddr set ${f.node}`,
    ),
  },
  {
    id: 'redirect-on-the-node',
    says: 'A proxy on the node redirects its own agents’ connections to another address of the pod.',
    breaks: [
      { id: 'N05', rows: /TCP/ },
      { id: 'P10', rows: /the same node, TCP/ },
    ],
    also: { ids: ['C05'], because: 'the other address came after the init container had gone' },
    where: 'one node',
    on: BOTH,
    steps: (place) => secondAddress(place),
  },
]
