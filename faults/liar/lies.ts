import { type Answer, type DecodedPacket, encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet'

/** Turns a true answer into a false one; undefined means that the server sends no answer. */
export type Lie = (answer: DecodedPacket, how: { detail: string; over: 'udp' | 'tcp' }) => Packet | undefined

const typeOf = ({ questions = [] }: DecodedPacket): string => questions[0]?.type ?? ''
const isAddress = ({ type }: Answer) => type === 'A' || type === 'AAAA'

const answers = (packet: DecodedPacket, change: (all: Answer[]) => Answer[]): Packet => ({
  ...packet,
  type: 'response',
  // The additional section states the sender's packet size (EDNS), which is not valid for this server.
  additionals: [],
  answers: change(packet.answers ?? []),
})

const ofAddresses = (packet: DecodedPacket, change: (all: Answer[]) => Answer[]): Packet => {
  const all = packet.answers ?? []
  return answers(packet, () => [...all.filter((each) => !isAddress(each)), ...change(all.filter(isAddress))])
}

const other = (type: string, detail: string): string =>
  detail.split(',').find((ip) => ip.includes(':') === (type === 'AAAA')) ??
  (type === 'AAAA' ? '2001:db8::7' : '192.0.2.7')

/** The first answer to each question. */
const first = new Map<string, Answer[]>()
/** The UDP questions that were sent at least once. */
const sent = new Set<string>()

const hasEdns = ({ additionals = [] }: DecodedPacket) => additionals.some(({ type }) => type === 'OPT')
const PLAIN_BYTES = 512
const truthful = (packet: DecodedPacket) => answers(packet, (all) => all)

const falseData = ({ type }: Answer): object => {
  if (type === 'A' || type === 'AAAA') return { data: other(type, '') }
  return type === 'PTR' ? { data: 'another.owner.example' } : {}
}

/** The lies by name. Each is one way in which a DNS server can be wrong. */
export const LIES: Readonly<Record<string, Lie>> = {
  'another-address': (packet, { detail }) =>
    ofAddresses(packet, (all) => all.map((each) => ({ ...each, data: other(each.type, detail) }) as Answer)),
  'one-more': (packet, { detail }) =>
    ofAddresses(packet, (all) => {
      const [first] = all
      return first ? [...all, { ...first, data: other(first.type, detail) } as Answer] : []
    }),
  'one-missing': (packet) => ofAddresses(packet, (all) => (all.length > 1 ? all.slice(1) : all)),
  'no-srv': (packet) => (typeOf(packet) === 'SRV' ? answers(packet, () => []) : answers(packet, (all) => all)),
  'one-srv-missing': (packet) =>
    answers(packet, (all) => {
      const srv = all.filter(({ type }) => type === 'SRV')
      return srv.length > 1 ? all.filter((each) => each !== srv[0]) : all
    }),
  'srv-of-another-port': (packet) =>
    answers(packet, (all) =>
      all.map((each) => (each.type === 'SRV' ? { ...each, data: { ...each.data, port: each.data.port + 1 } } : each)),
    ),
  'another-owner': (packet) =>
    answers(packet, (all) =>
      all.map((each) => (each.type === 'PTR' ? { ...each, data: 'somebody.else.example' } : each)),
    ),
  'no-cname': (packet) => answers(packet, (all) => all.filter(({ type }) => type !== 'CNAME')),
  'no-aaaa': (packet) => (typeOf(packet) === 'AAAA' ? answers(packet, () => []) : answers(packet, (all) => all)),
  // A wildcard above the cluster's domain: every name exists.
  wildcard: (packet, { detail }) => {
    const [question] = packet.questions ?? []
    const type = typeOf(packet)
    if ((packet.answers ?? []).length > 0 || !question || !['A', 'AAAA'].includes(type))
      return answers(packet, (all) => all)
    const data = other(type, detail)
    const found = answers(packet, () => [{ type, name: question.name, ttl: 5, data } as Answer])
    return { ...found, authorities: [], flags: (packet.flags ?? 0) & ~0xf }
  },
  'case-sensitive': (packet) => {
    const name = packet.questions?.[0]?.name ?? ''
    return name === name.toLowerCase()
      ? answers(packet, (all) => all)
      : { ...answers(packet, () => []), flags: (packet.flags ?? 0) | 3 }
  },
  'no-tcp': (packet, { over }) => (over === 'tcp' ? undefined : answers(packet, (all) => all)),
  silent: () => undefined,
  'no-edns': (packet) => (hasEdns(packet) ? undefined : truthful(packet)),
  // It truncates as if a client took no more than 512 bytes, whatever the client offers.
  'edns-ignored': (packet, { over }) => {
    const whole = truthful(packet)
    const isLong = over === 'udp' && encode(whole).length > PLAIN_BYTES
    return isLong ? { ...answers(packet, () => []), flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE } : whole
  },
  'cut-silently': (packet) => ({ ...truthful(packet), flags: (packet.flags ?? 0) & ~TRUNCATED_RESPONSE }),
  // One answer in `detail` is wrong.
  'at-times': (packet, { detail }) => {
    if (Math.random() >= 1 / Number(detail)) return truthful(packet)
    return answers(packet, (all) => all.map((each) => ({ ...each, ...falseData(each) }) as Answer))
  },
  'second-try': (packet, { over }) => {
    const key = `${packet.id} ${typeOf(packet)} ${packet.questions?.[0]?.name}`
    const isAgain = sent.has(key)
    sent.add(key)
    return over === 'tcp' || isAgain ? truthful(packet) : undefined
  },
  stale: (packet) =>
    answers(packet, (all) => {
      const [{ name = '', type = '' } = {}] = packet.questions ?? []
      const key = `${type} ${name.toLowerCase()}`
      if (!first.has(key) && all.length > 0) first.set(key, all)
      return first.get(key) ?? all
    }),
}
