import { BOTH, type Breaks, type Family, type Fault, type Place } from './fault.ts'
import { fromVirtualIPs, leaving, toVirtualIPs } from './kit/family.ts'
import { BETWEEN_NODES, NAMES, SERVICES, TALKING } from './kit/groups.ts'
import { AFTER_TRANSLATION, BEFORE_TRANSLATION, FORWARD, INPUT, OUTPUT } from './kit/hooks.ts'
import { rulesOnNode } from './kit/nft.ts'

const NEAR = ['P01', 'P03', 'P04', 'P05', 'P06', 'P08', 'P09', 'P10', 'P16', 'P17', 'P18', 'N04', 'N05', 'N09'] as const
const OTHERS = [...new Set([...TALKING, ...NEAR, ...SERVICES, ...NAMES, ...BETWEEN_NODES, 'P11', 'E08'])]

interface Where {
  hook: string
  match: (family: Family) => string
}

const toPods: Where = { hook: FORWARD, match: ({ ip, own }) => `${ip} daddr ${own}` }
const away: Where = { hook: FORWARD, match: leaving }
const inside: Where = { hook: FORWARD, match: ({ ip, own }) => `${ip} saddr ${own} ${ip} daddr ${own}` }
const fromNode: Where = { hook: OUTPUT, match: ({ ip, own }) => `${ip} daddr ${own}` }
const toNode: Where = { hook: INPUT, match: ({ ip, own }) => `${ip} saddr ${own}` }
const toServices: Where = {
  hook: BEFORE_TRANSLATION,
  match: (family) => `${family.ip} saddr ${family.own} ${toVirtualIPs(family)}`,
}
const fromServices: Where = {
  hook: AFTER_TRANSLATION,
  match: (family) => `${family.ip} daddr ${family.own} ${fromVirtualIPs(family)}`,
}

/** The rest of a rule, with values that are drawn by the seed of the proof. */
type Rule = (draw: ReturnType<Place['draw']>, match: string, family: Family) => string

/** A fault of one node whose rule drops packets. */
const drops = (id: string, says: string, breaks: readonly Breaks[], { hook, match }: Where, rule: Rule): Fault => ({
  id,
  says,
  breaks,
  also: {
    // Other rows of a claimed scenario may fail too.
    ids: OTHERS.filter((each) => !breaks.some(({ id: claimed, rows }) => claimed === each && !rows)),
    because: 'their conversations have the same places on the axes of traffic',
  },
  where: 'one node',
  on: BOTH,
  ...([BEFORE_TRANSLATION, AFTER_TRANSLATION].includes(hook) && { needs: ['services'] }),
  ...([OUTPUT, INPUT].includes(hook) && { needs: ['hostnet'] }),
  steps: (place) => rulesOnNode(id, hook, (family) => rule(place.draw(id), match(family), family))(place),
})

const TRANSPORTS = ['tcp', 'udp'] as const

const atPorts =
  (side: 'dport' | 'sport', ports: string): Rule =>
  (draw, match) =>
    `${match} ct direction original ${draw.one(TRANSPORTS)} ${side} ${ports} drop`

/** The bands of ports. DNS keeps its port, because a cluster without DNS has other faults. */
const BANDS = {
  low: ['lower than 1024', '{ 1-52, 54-1023 }'],
  registered: ['from 1024 to 6999', '1024-6999'],
  middle: ['from 8000 to 29999', '8000-29999'],
  nodeports: ['in the usual range of node ports', '30000-32767'],
  local: ['in the range from which systems pick the ports of clients', '32768-60999'],
  last: ['61000 or higher', '61000-65535'],
} as const
type Band = keyof typeof BANDS
const bands = Object.keys(BANDS) as Band[]

/** The same bands of local ports, without those that scenarios name. */
const LOCAL_PORTS: Readonly<Record<Band, readonly [string, string]>> = {
  ...BANDS,
  registered: ['from 1024 to 8199', '1024-8199'],
  middle: ['from 10000 to 29999', '10000-29999'],
}

const podPorts = bands.map((band) =>
  drops(
    `pod-ports-${band}`,
    `A filter on one node drops new conversations with pods if the port of the pod is ${BANDS[band][0]}.`,
    [{ id: 'P16' }],
    toPods,
    atPorts('dport', BANDS[band][1]),
  ),
)

const localPorts = bands
  .filter((band) => band !== 'local')
  .map((band) =>
    drops(
      `local-ports-${band}`,
      `A filter drops conversations from one node to other nodes if the client’s port is ${LOCAL_PORTS[band][0]}.`,
      [{ id: 'P02' }, { id: 'P04' }, { id: 'P05' }],
      away,
      atPorts('sport', LOCAL_PORTS[band][1]),
    ),
  )

const clientPorts = bands.map((band) =>
  drops(
    `service-clients-${band}`,
    `One node drops conversations with virtual IPs if the client’s port is ${LOCAL_PORTS[band][0]}.`,
    [{ id: 'S01' }],
    toServices,
    atPorts('sport', LOCAL_PORTS[band][1]),
  ),
)

const servicePorts = [
  drops(
    'service-port-well-known',
    'A security agent on one node drops one well-known port of Services, such as that of a database.',
    [{ id: 'S01' }],
    toServices,
    (draw, match) => `${match} ${draw.one(TRANSPORTS)} dport ${draw.one([80, 443, 3306, 5432, 6379, 8080, 9092])} drop`,
  ),
  drops(
    'service-ports-band',
    'One node serves no Service whose port is in a certain range.',
    [{ id: 'S01' }],
    toServices,
    (draw, match) => `${match} ${draw.one(TRANSPORTS)} dport ${BANDS[draw.one(bands)][1]} drop`,
  ),
]

/** The number of payload bytes above which a path drops packets. */
const limitOf = (draw: ReturnType<Place['draw']>) => draw.number(600, 1_380)
const UDP_HEADER = 8
const TCP_HEADERS = { 4: 52, 6: 72 } as const

const largeDatagrams =
  (direction = ''): Rule =>
  (draw, match) =>
    `${match} ${direction} udp length > ${limitOf(draw) + UDP_HEADER} drop`
const largeSegments =
  (direction = ''): Rule =>
  (draw, match, { version }) =>
    `${match} ${direction} meta l4proto tcp meta length > ${limitOf(draw) + TCP_HEADERS[version]} drop`

const sizes = [
  drops(
    'large-requests',
    'The path from one node to others loses datagrams above a certain size. Answers arrive whatever their size.',
    [{ id: 'P18', rows: /another node, datagrams/ }],
    away,
    largeDatagrams('ct direction original'),
  ),
  drops(
    'large-answers',
    'The path from one node to others loses answers above a certain size. Requests arrive whatever their size.',
    [{ id: 'P18', rows: /another node, datagrams/ }],
    away,
    largeDatagrams('ct direction reply'),
  ),
  drops(
    'large-answers-in-streams',
    'TCP transfers hang where the server is on one node: its large segments are lost.',
    [{ id: 'P18', rows: /another node, streams/ }],
    away,
    largeSegments('ct direction reply'),
  ),
  drops(
    'tiny-datagrams',
    'A network card of one node pads small frames wrongly, so datagrams of a byte are lost.',
    [{ id: 'P18', rows: /another node, datagrams/ }],
    away,
    (_, match) => `${match} udp length 9 drop`,
  ),
  drops(
    'datagrams-of-one-size',
    'A faulty offload of one node loses datagrams of a few sizes. Smaller and larger ones arrive.',
    [{ id: 'P18', rows: /another node, datagrams/ }],
    away,
    (draw, match) => {
      const size = draw.one([512, 1_232, 1_400]) + UDP_HEADER
      return `${match} udp length ${size - draw.number(0, 30)}-${size + draw.number(0, 30)} drop`
    },
  ),
  drops(
    'full-packets',
    'A tunnel of one node has no room for packets that fill the MTU, and the hint that says so is filtered.',
    [{ id: 'P18', rows: /another node, datagrams/ }],
    away,
    (draw, match) => `${match} meta l4proto udp meta length > ${draw.number(1_429, 1_448)} drop`,
  ),
  drops(
    'large-inside-datagrams',
    'Pods of one node lose large datagrams of each other. Between nodes they arrive.',
    [{ id: 'P18', rows: /same node, datagrams/ }],
    inside,
    largeDatagrams(),
  ),
  drops(
    'large-inside-streams',
    'Pods of one node lose large segments of each other. Between nodes they arrive.',
    [{ id: 'P18', rows: /same node, streams/ }],
    inside,
    largeSegments(),
  ),
  drops(
    'large-to-own-pods',
    'Agents in the host network of one node lose the large datagrams that they send to their pods.',
    [{ id: 'N09', rows: /host-network client.*datagrams/ }],
    fromNode,
    largeDatagrams(),
  ),
  drops(
    'large-segments-to-own-pods',
    'Agents in the host network of one node lose the large segments that they send to their pods.',
    [{ id: 'N09', rows: /host-network client.*streams/ }],
    fromNode,
    largeSegments(),
  ),
  drops(
    'large-to-the-node',
    'Pods lose the large datagrams that they send to agents in the host network of their node.',
    [{ id: 'N09', rows: /host-network server.*datagrams/ }],
    toNode,
    largeDatagrams(),
  ),
  drops(
    'large-segments-to-the-node',
    'Pods lose the large segments that they send to agents in the host network of their node.',
    [{ id: 'N09', rows: /host-network server.*streams/ }],
    toNode,
    largeSegments(),
  ),
  drops(
    'large-to-services',
    'One node loses large datagrams to virtual IPs. Datagrams to pods arrive.',
    [{ id: 'S28', rows: /datagrams/ }],
    toServices,
    largeDatagrams(),
  ),
  drops(
    'large-segments-to-services',
    'One node loses large segments to virtual IPs. Transfers to pods work.',
    [{ id: 'S28', rows: /streams/ }],
    toServices,
    largeSegments(),
  ),
  drops(
    'large-from-services',
    'One node loses the large answers of Services. Large requests arrive.',
    [{ id: 'S28', rows: /datagrams/ }],
    fromServices,
    largeDatagrams(),
  ),
  drops(
    'fragments-to-services',
    'The Service proxy of one node translates the first fragment of a datagram only.',
    [{ id: 'S28', rows: /larger/ }],
    toServices,
    (draw, match) => `${match} udp length > ${draw.number(1_600, 9_000)} drop`,
  ),
]

/** Faults at one place of an axis of traffic. The other places of that axis are intact. */
export const axes: Fault[] = [...podPorts, ...localPorts, ...clientPorts, ...servicePorts, ...sizes]
