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
import { authorities, authority } from './dns-objects.ts'
import type { Zone } from './zone.ts'

const code = { formatError: 1, noSuchName: 3, notImplemented: 4 }
const smallest = 512
const largestDatagram = 1232
const longestChain = 8

/**
 * Answers a message; undefined for what is no question at all. Beyond the room that there is, an answer is cut short.
 */
export function answerTo(message: Buffer, zone: Zone, overTcp: boolean): Buffer | undefined {
  const query = read(message)
  if (query === 'nonsense') return undefined
  const { id = 0, flags = 0, questions = [], additionals = [] } = query
  const [question] = questions
  const options = additionals.find(({ type }) => type === 'OPT')
  const offered = options?.type === 'OPT' ? options.udpPayloadSize : 0
  const room = overTcp ? 65_535 : Math.max(smallest, Math.min(offered, largestDatagram))
  const response = {
    ...{ type: 'response' as const, id, questions },
    additionals: options
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: largestDatagram,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          } satisfies Answer,
        ]
      : [],
  }
  const kept = (flags & RECURSION_DESIRED) | RECURSION_AVAILABLE
  if (query.opcode !== 'QUERY') return encode({ ...response, flags: kept | code.notImplemented })
  if (!question || questions.length > 1) return encode({ ...response, flags: kept | code.formatError })
  const { known, answers } = lookUp(zone, question)
  const whole = encode({
    ...response,
    flags: kept | AUTHORITATIVE_ANSWER | (known ? 0 : code.noSuchName),
    answers,
    authorities: answers.length > 0 ? [] : [authorityOver(question.name)],
  })
  if (whole.length <= room) return whole
  return encode({ ...response, flags: kept | AUTHORITATIVE_ANSWER | TRUNCATED_RESPONSE })
}

function read(message: Buffer): (Packet & { opcode?: string }) | 'nonsense' {
  try {
    const packet = decode(message)
    return packet.type === 'query' ? packet : 'nonsense'
  } catch {
    return 'nonsense'
  }
}

/** What is known under a name, by way of the names that it stands for. */
function lookUp(zone: Zone, { name, type }: Question, steps = 0): { known: boolean; answers: Answer[] } {
  const found = zone.get(name.toLowerCase().replace(/\.$/, ''))
  const wanted = (found ?? []).filter((record) => record.type === type)
  // Clients compare with what they asked, and take the first: so each gets its turn.
  const answers = shuffle(wanted).map((record) => ({ ...record, name }))
  const alias = found?.find((record) => record.type === 'CNAME')
  if (answers.length > 0 || alias?.type !== 'CNAME' || steps === longestChain)
    return { known: found !== undefined, answers }
  const further = lookUp(zone, { name: alias.data.replace(/\.$/, ''), type }, steps + 1)
  return { known: true, answers: [{ ...alias, name }, ...further.answers] }
}

function authorityOver(name: string): Answer {
  const asked = name.toLowerCase()
  return authority(authorities.findLast((zone) => asked === zone || asked.endsWith(`.${zone}`)) ?? '')
}

function shuffle<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}
