import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  decode,
  encode,
  type Packet,
  type Question,
  RECURSION_AVAILABLE,
  RECURSION_DESIRED,
  TRUNCATED_RESPONSE,
} from 'dns-packet'
import { compress } from './compress.ts'
import { authorities, authority } from './dns-objects.ts'
import type { Zone } from './zone.ts'

const code = { formatError: 1, noSuchName: 3, notImplemented: 4 }
/** Bytes of a datagram that every client takes, and of the largest one that this server sends. */
const smallest = 512
const largestDatagram = 1232
/** CNAME records. */
const longestChain = 8

/** The EDNS record of an answer to a client that speaks EDNS. */
const ownOptions: Answer = {
  type: 'OPT',
  name: '.',
  udpPayloadSize: largestDatagram,
  extendedRcode: 0,
  ednsVersion: 0,
  flags: 0,
  flag_do: false,
  options: [],
}

/**
 * The answer to a message; undefined when the message is no query. An answer that is too long for the transport is
 * truncated.
 */
export function answerTo(message: Buffer, zone: Zone, overTcp: boolean): Buffer | undefined {
  const query = queryIn(message)
  if (!query) return undefined
  const { id = 0, flags = 0, questions = [], additionals = [] } = query
  const [question] = questions
  const options = additionals.find(({ type }) => type === 'OPT')
  const offered = options?.type === 'OPT' ? options.udpPayloadSize : 0
  const limit = overTcp ? 65_535 : Math.max(smallest, Math.min(offered, largestDatagram))
  const response = { type: 'response' as const, id, questions, additionals: options ? [ownOptions] : [] }
  const kept = (flags & RECURSION_DESIRED) | RECURSION_AVAILABLE
  if (query.opcode !== 'QUERY') return encode({ ...response, flags: kept | code.notImplemented })
  if (!question || questions.length > 1) return encode({ ...response, flags: kept | code.formatError })
  const { exists, answers } = lookUp(zone, question)
  const whole = encode({
    ...response,
    flags: kept | AUTHORITATIVE_ANSWER | (exists ? 0 : code.noSuchName),
    answers,
    authorities: answers.length > 0 ? [] : [authorityOver(question.name)],
  })
  if (whole.length <= limit) return whole
  const short = compress(whole)
  if (short.length <= limit) return short
  return encode({ ...response, flags: kept | AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE })
}

function queryIn(message: Buffer): (Packet & { opcode?: string }) | undefined {
  try {
    const packet = decode(message)
    return packet.type === 'query' ? packet : undefined
  } catch {
    return undefined
  }
}

/** The records of a name. A CNAME record comes with the records of the name that it points to. */
function lookUp(zone: Zone, { name, type }: Question, steps = 0): { exists: boolean; answers: Answer[] } {
  const found = zone.get(name.toLowerCase().replace(/\.$/, ''))
  const wanted = (found ?? []).filter((record) => record.type === type)
  // A record has the client's spelling of the name, because clients compare. Clients take the first record: the order
  // is random, so that each record is first at times.
  const answers = shuffle(wanted).map((record) => ({ ...record, name }))
  const alias = found?.find((record) => record.type === 'CNAME')
  if (answers.length > 0 || alias?.type !== 'CNAME' || steps === longestChain)
    return { exists: found !== undefined, answers }
  const further = lookUp(zone, { name: alias.data.replace(/\.$/, ''), type }, steps + 1)
  return { exists: true, answers: [{ ...alias, name }, ...further.answers] }
}

function authorityOver(name: string): Answer {
  const asked = name.toLowerCase()
  return authority(authorities.findLast((zone) => asked === zone || asked.endsWith(`.${zone}`)) ?? '')
}

function shuffle<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}
