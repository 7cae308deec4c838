import { BOTH, type Fault } from './fault.ts'
import { leaving, ownPodIPs, podIP } from './kit/family.ts'
import { SERVICES } from './kit/groups.ts'
import { rulesOnNode, table } from './kit/nft.ts'
import { UDP } from './kit/ports.ts'
import { secondAddress } from './kit/second-address.ts'

const POST = 'nat hook postrouting priority 90'

/** The claims of a fault that translates the client's address. */
const CLIENT = ['P04', 'P05', 'P12', 'I02'].map((id) => ({ id }))

/** Packets that reach a backend through a Service take the same path and are translated too. */
const VIA_SERVICE = { ids: ['I07', 'P05', 'P16'], because: 'they compare the client’s address and port too' }

export const translation: Fault[] = [
  {
    id: 'source-nat',
    says: 'A stray masquerade rule on one node: pods of other nodes see the node’s address instead of the pod’s.',
    breaks: [...CLIENT, { id: 'E04' }],
    also: VIA_SERVICE,
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode('source-nat', POST, (f) => `${leaving(f)} masquerade`),
  },
  {
    id: 'source-nat-of-udp',
    says: 'One node masquerades only UDP between nodes, so all TCP checks pass.',
    breaks: [{ id: 'P04', rows: /another node, UDP/ }, { id: 'P05', rows: /another node, UDP/ }, { id: 'P12' }],
    also: VIA_SERVICE,
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode('source-nat-of-udp', POST, (f) => `${leaving(f)} meta l4proto udp masquerade`),
  },
  {
    id: 'source-nat-on-the-node',
    says: 'One node masquerades packets between its own pods. Packets between nodes are not translated.',
    breaks: [
      { id: 'P04', rows: /the same node/ },
      { id: 'P05', rows: /the same node/ },
      { id: 'I02', rows: /the same node/ },
    ],
    also: VIA_SERVICE,
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode(
      'source-nat-on-the-node',
      POST,
      ({ ip, own }) => `${ip} saddr ${own} ${ip} daddr ${own} masquerade`,
    ),
  },
  {
    id: 'port-translation',
    says: 'One node translates source ports but keeps the addresses. It stores state for each connection, and this state can run out.',
    breaks: [{ id: 'P05', rows: /another node/ }, { id: 'P12' }],
    also: { ids: ['P05', 'P16'], because: 'they compare the client’s port too' },
    where: 'one node',
    on: BOTH,
    // Translates each pod's address to itself with a port range, which changes only the port.
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
    says: 'The first connection between two pods is not translated. From the second one on, an accelerator translates the address.',
    breaks: [
      { id: 'P04', rows: /another node/ },
      { id: 'P05', rows: /another node/ },
    ],
    also: {
      ids: ['P05', 'P12', 'P16', 'I02', 'I07'],
      because: 'they compare addresses too, and their conversation may be the second one of a pair of pods',
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
    says: 'The first packet of a flow is not translated. The others take a fast path that inserts the node’s address.',
    breaks: [
      { id: 'P04', rows: /another node, UDP/ },
      { id: 'P05', rows: /another node, UDP/ },
    ],
    also: { ids: ['P05', 'P12'], because: 'their datagrams are translated as well' },
    where: 'one pod',
    // Not on kind: the claimed scenarios passed in trials there, and the path of the answers is not understood yet.
    on: ['reference'],
    // Stateless in both directions, because connection tracking would give every packet of a flow the same addresses.
    steps: (place) => [
      table(
        place.node.name,
        'translation-from-the-second-datagram-on',
        [
          {
            hook: 'filter hook postrouting priority 300',
            rules: place.families.flatMap((f) => {
              const flow = `${f.ip} saddr . udp sport . ${f.ip} daddr`
              const match = `${f.ip} saddr ${podIP(place, 'client', f)} ${f.ip} daddr ${f.others} udp dport != 53`
              return [
                `${match} ${flow} @flows${f.version} ${f.ip} saddr set ${f.node}`,
                `${match} add @flows${f.version} { ${flow} } add @ports { udp sport }`,
              ]
            }),
          },
          {
            hook: 'filter hook prerouting priority -350',
            // The server's node may insert its own address too, so the client's ports identify the answers.
            rules: place.families.map(
              (f) =>
                `${f.ip} daddr ${f.node} udp sport != 53 udp dport @ports ${f.ip} daddr set ${podIP(place, 'client', f)}`,
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
    says: 'Replies leave with another source address than the dialled one, so clients that check the address drop them.',
    breaks: [{ id: 'P05', rows: /another node, UDP/ }],
    also: {
      ids: ['P02', 'P03', 'P04', 'P05', 'P06', 'P10', 'P12', 'P11', 'P16', 'P17', 'P18', ...SERVICES],
      because: 'their clients need the same replies',
    },
    where: 'one node',
    on: BOTH,
    // Stateless: this hook runs after connection tracking, which therefore cannot revert the change.
    steps: rulesOnNode(
      'reply-translation',
      'filter hook postrouting priority 300',
      (f) => `${leaving(f)} udp sport ${UDP} ${f.ip} saddr set ${f.node}`,
    ),
  },
  {
    id: 'redirect-on-the-node',
    says: 'A proxy on a node redirects connections of the node’s agents to a second address of the pod.',
    breaks: [
      { id: 'N05', rows: /TCP/ },
      { id: 'P10', rows: /the same node, TCP/ },
    ],
    also: { ids: ['C05'], because: 'the second address is newer than the init container’s report' },
    where: 'one node',
    on: BOTH,
    steps: (place) => secondAddress(place),
  },
]
