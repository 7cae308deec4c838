import type { Draw } from '../contract/draw.ts'
import { BOTH, type Breaks, type Family, type Fault, type Meanwhile, type Place } from './fault.ts'
import { arriving, fromVirtualIPs, leaving, toVirtualIPs } from './kit/family.ts'
import { BETWEEN_NODES, SERVICES } from './kit/groups.ts'
import { AFTER_TRANSLATION, BEFORE_TRANSLATION, FORWARD } from './kit/hooks.ts'
import { type Chain, dropTable, leftTables, rulesOnNode, table } from './kit/nft.ts'
import { fault } from './kit/service.ts'
import { watching } from './kit/watching.ts'

type Transport = 'tcp' | 'udp'

/** The 4-tuple of a packet, and that of a packet in the other direction, as nft writes them. */
const tupleOf = ({ ip }: Family, transport: Transport) => ({
  tuple: `${ip} saddr . ${transport} sport . ${ip} daddr . ${transport} dport`,
  back: `${ip} daddr . ${transport} dport . ${ip} saddr . ${transport} sport`,
})

/** A set of 4-tuples of this IP family. */
const setOf = ({ version }: Family, seconds: number) => `set seen${version} {
type ipv${version}_addr . inet_service . ipv${version}_addr . inet_service
size 65535
flags dynamic,timeout
timeout ${seconds}s
}`

/** Ends every older TCP connection to a virtual IP by this verdict whenever the pods of this scenario change while more than this number exist. */
const endingOlder = (place: Place, id: string, scenario: string, count: number, verdict: string): Meanwhile => ({
  what: `older connections to Services are ended while the pods of ${scenario} are replaced`,
  leaves: leftTables(id, [place.node.name]),
  begin: async (stage, acted) => {
    const rules = place.families.flatMap((family) => {
      const { tuple } = tupleOf(family, 'tcp')
      const match = `${toVirtualIPs(family)} ct direction original`
      return [
        `${match} ct state new update @seen${family.version} { ${tuple} }`,
        `${match} ct state established ${tuple} != @seen${family.version} ${verdict}`,
      ]
    })
    const sets = place.families.map((family) => setOf(family, 120)).join('\n')
    const { in: put } = table(place.node.name, id, [{ hook: BEFORE_TRANSLATION, rules }], sets)
    return watching(stage, scenario, async ({ pods }) => {
      if (pods.length <= count) return
      await stage.shell(place.node.name, `${dropTable(id)}\n${put}`)
      acted()
    })
  },
})

/** How packets of conversations are told: on the way there, and on the way back. */
interface Path {
  there: { hook: string; match: (family: Family) => string }
  back: { hook: string; match: (family: Family) => string }
  needs?: readonly string[]
}

const BETWEEN: Path = { there: { hook: FORWARD, match: leaving }, back: { hook: FORWARD, match: arriving } }
const VIRTUAL: Path = {
  there: { hook: BEFORE_TRANSLATION, match: (family) => `${family.ip} saddr ${family.own} ${toVirtualIPs(family)}` },
  back: { hook: AFTER_TRANSLATION, match: (family) => `${family.ip} daddr ${family.own} ${fromVirtualIPs(family)}` },
  needs: ['services'],
}

/** A fault of one node that keeps a set of 4-tuples. */
const remembers = (
  id: string,
  says: string,
  breaks: readonly Breaks[],
  path: Path,
  chains: (families: readonly Family[], draw: Draw) => readonly Chain[],
  seconds: (draw: Draw) => number = () => 120,
): Fault => ({
  id,
  says,
  breaks,
  also: {
    ids: [...new Set([...BETWEEN_NODES, ...SERVICES, 'P16', 'P17', 'P18'])].filter(
      (each) => !breaks.some(({ id: claimed, rows }) => claimed === each && !rows),
    ),
    because: 'they open connections on the same path',
  },
  where: 'one node',
  on: BOTH,
  ...(path.needs && { needs: path.needs }),
  steps: (place) => {
    const sets = place.families.map((family) => setOf(family, seconds(place.draw(id)))).join('\n')
    return [table(place.node.name, id, chains(place.families, place.draw(id)), sets)]
  },
})

const forgets = (id: string, says: string, rows: Breaks, path: Path, transport: Transport): Fault =>
  remembers(
    id,
    says,
    [rows],
    path,
    (families) => [
      {
        hook: path.there.hook,
        rules: families.flatMap((family) => {
          const { tuple } = tupleOf(family, transport)
          const match = `${path.there.match(family)} ct direction original`
          return [
            `${match} ct state new update @seen${family.version} { ${tuple} }`,
            `${match} ct state != new ${tuple} != @seen${family.version} drop`,
            `${match} ct state != new update @seen${family.version} { ${tuple} }`,
          ]
        }),
      },
    ],
    (draw) => draw.number(2, 5),
  )

const exhausts = (id: string, says: string, rows: Breaks, path: Path): Fault =>
  remembers(id, says, [rows], path, (families, draw) => [
    {
      hook: path.there.hook,
      rules: families.map((family) => {
        const { tuple } = tupleOf(family, 'tcp')
        const quota = `quota over ${draw.number(2_500, 4_500)} bytes`
        return `${path.there.match(family)} ct direction original update @seen${family.version} { ${tuple} ${quota} } drop`
      }),
    },
  ])

const losesLastAnswer = (id: string, says: string, rows: Breaks, path: Path): Fault =>
  remembers(id, says, [rows], path, (families) => {
    const there = families.map((family) => {
      const { back } = tupleOf(family, 'tcp')
      const match = `${path.there.match(family)} ct direction original`
      return `${match} tcp flags & fin == fin update @seen${family.version} { ${back} }`
    })
    const back = families.map((family) => {
      const { tuple } = tupleOf(family, 'tcp')
      return `${path.back.match(family)} ct direction reply ${tuple} @seen${family.version} meta length > 80 drop`
    })
    return path.there.hook === path.back.hook
      ? [{ hook: path.there.hook, rules: [...there, ...back] }]
      : [
          { hook: path.there.hook, rules: there },
          { hook: path.back.hook, rules: back },
        ]
  })

/** The time-out of connection tracking on one node for idle TCP connections to Services, in seconds. The next packet meets any backend. */
const timesOut = (id: string, says: string, rows: Breaks): Fault =>
  fault({ id, says, breaks: [rows] }, (place) => {
    const seconds = place.draw(id).number(2, 5)
    const timeouts = place.families.map(
      ({ version, ip }) =>
        `ct timeout idle${version} {\nprotocol tcp\nl3proto ${ip}\npolicy = { established : ${seconds} }\n}`,
    )
    const rulesFor = (family: Family) =>
      `${toVirtualIPs(family)} meta l4proto tcp ct state new ct timeout set "idle${family.version}"`
    const chains = [{ hook: BEFORE_TRANSLATION, rules: place.families.map(rulesFor) }]
    return [table(place.node.name, id, chains, timeouts.join('\n'))]
  })

/** Drops the end of TCP connections in one direction, seen from the node of the client or of the server. */
const withoutEnd = (id: string, says: string, direction: 'original' | 'reply'): Fault => ({
  id,
  says,
  breaks: [{ id: 'P17', rows: /another node.*closed its side/ }],
  also: { ids: BETWEEN_NODES, because: 'their connections end late' },
  where: 'one node',
  on: BOTH,
  steps: rulesOnNode(
    id,
    FORWARD,
    (family) => `${leaving(family)} ct direction ${direction} tcp flags & fin == fin drop`,
  ),
})

/** Faults that break connections while they live. New connections work. */
export const connections: Fault[] = [
  forgets(
    'rested-tcp',
    'A firewall between the nodes forgets TCP connections that are idle for a few seconds.',
    { id: 'P17', rows: /another node.*TCP.*idle/ },
    BETWEEN,
    'tcp',
  ),
  forgets(
    'rested-udp',
    'A firewall between the nodes forgets UDP conversations that are idle for a few seconds.',
    { id: 'P17', rows: /another node.*UDP.*idle/ },
    BETWEEN,
    'udp',
  ),
  forgets(
    'rested-service-tcp',
    'The Service proxy of one node forgets TCP connections that are idle for a few seconds.',
    { id: 'S01', rows: /TCP.*idle/ },
    VIRTUAL,
    'tcp',
  ),
  forgets(
    'rested-service-udp',
    'The Service proxy of one node forgets UDP conversations that are idle for a few seconds.',
    { id: 'S01', rows: /UDP.*idle/ },
    VIRTUAL,
    'udp',
  ),
  timesOut(
    'timed-out-service-tcp',
    'The connection tracking of one node has a time-out of a few seconds for idle TCP connections to Services.',
    { id: 'S01', rows: /TCP.*idle/ },
  ),
  exhausts(
    'exhausted-connections',
    'A traffic shaper between the nodes stalls each TCP connection after a few thousand bytes.',
    { id: 'P17', rows: /another node.*many requests/ },
    BETWEEN,
  ),
  exhausts(
    'exhausted-service-connections',
    'A security agent on one node stalls each TCP connection to a virtual IP after a few thousand bytes.',
    { id: 'S01', rows: /many requests/ },
    VIRTUAL,
  ),
  fault(
    {
      id: 'older-connections-reset',
      says: 'When the backends of a Service change, the proxy of one node resets the clients of those that stay.',
      breaks: [{ id: 'S07' }],
    },
    (place) => [endingOlder(place, 'older-connections-reset', 'S07', 2, 'reject with tcp reset')],
  ),
  fault(
    {
      id: 'older-connections-silent',
      says: 'When the backends of a Service change, the proxy of one node drops the packets of connections to those that stay.',
      breaks: [{ id: 'S07' }],
    },
    (place) => [endingOlder(place, 'older-connections-silent', 'S07', 2, 'drop')],
  ),
  losesLastAnswer(
    'half-closed',
    'A firewall between the nodes drops what a server still sends after its client has closed its side.',
    { id: 'P17', rows: /another node.*closed its side/ },
    BETWEEN,
  ),
  losesLastAnswer(
    'half-closed-service',
    'One node drops what a Service still sends after its client has closed its side.',
    { id: 'S01', rows: /closed its side/ },
    VIRTUAL,
  ),
  remembers(
    'reused-ports',
    'A firewall between the nodes refuses a local port that a client has just used for the same server.',
    [
      { id: 'P02', rows: /TCP/ },
      { id: 'P04', rows: /another node, TCP/ },
    ],
    BETWEEN,
    (families) => [
      {
        hook: BETWEEN.there.hook,
        rules: families.flatMap((family) => {
          const { tuple } = tupleOf(family, 'tcp')
          const match = `${BETWEEN.there.match(family)} ct direction original`
          return [
            `${match} tcp flags & (syn | ack) == syn ${tuple} @seen${family.version} drop`,
            `${match} tcp flags & fin == fin update @seen${family.version} { ${tuple} }`,
          ]
        }),
      },
    ],
  ),
  withoutEnd('no-end-of-clients', 'A middlebox between the nodes swallows the FIN of clients.', 'original'),
  withoutEnd('no-end-of-servers', 'A middlebox between the nodes swallows the FIN of servers.', 'reply'),
  {
    id: 'one-in-a-hundred-translated',
    says: 'One node puts its own address on one in a hundred of the connections of its pods with other nodes.',
    breaks: [{ id: 'P05', rows: /^$/ }],
    also: { ids: BETWEEN_NODES, because: 'one of their conversations may be translated too' },
    where: 'one node',
    on: BOTH,
    steps: (place) =>
      rulesOnNode('one-in-a-hundred-translated', 'nat hook postrouting priority 90', (family) => {
        const transport = place.draw('one-in-a-hundred-translated').one(['tcp', 'udp'])
        return `${leaving(family)} meta l4proto ${transport} numgen random mod 100 0 masquerade`
      })(place),
  },
]
