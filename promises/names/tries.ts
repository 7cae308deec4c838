import type { Workbench } from '../../cluster/workbench.ts'
import { type DnsAnswer, NonConformance, Trouble } from '../../contract/errors.ts'
import { type Quantiles, quantiles } from '../../contract/quantiles.ts'
import { seconds } from '../../contract/waiting.ts'
import type { Resolver } from '../../fixtures/resolver.ts'
import { countBeyondChance, FALSE_ALARM } from '../../fixtures/statistics.ts'
import type { Question, Resolved } from '../../probe/protocol.ts'

/** The lookups of each node, and how many of them start at the same time: few, because a burst fills queues. */
const LOOKUPS = 200
const AT_ONCE = 25
/** The nodes that ask at the same time: few, because all of them fill the queue of one DNS server. */
const NODES = 3
/** A lookup without an answer after this time needs a second try. System resolvers wait for 2.5 to 5 seconds. */
const AGAIN_MS = 2_000
const DEADLINE_MS = 5_500

/** The share of lookups that need a second try where this share of packets is lost: two questions and two answers. */
const unlucky = (lost: number): number => 1 - (1 - lost) ** 4
/** From this number of second tries on a node, more than 2 % of the packets are lost: no verdict, but not healthy. */
export const SUSPECT = countBeyondChance(LOOKUPS, unlucky(0.02), FALSE_ALARM / 10)
/** From this number on, more than 5 % are lost: names are slow for applications. */
export const BROKEN = countBeyondChance(LOOKUPS, unlucky(0.05), FALSE_ALARM / 10)

/** A client without CPU for this share of the time may be late itself. */
const BUSY = 0.75

/** The lookups of the pods of one node. `again`: those that needed a second try, answered or not. */
export interface Tries {
  node: string
  server: string
  lookups: number
  again: number
  unanswered: number
  ms: Quantiles | undefined
  /** The share of the time in which the client had no CPU, if many lookups needed a second try. */
  starved: number
  /** Those that needed a second try, for the reports. */
  late: readonly DnsAnswer[]
}

/**
 * Looks a name up many times on each node, for both families at once. A few nodes ask at the same time, and the next ones after them. It
 * ends early if a node has shown enough.
 */
export async function tryLookups(
  bench: Workbench,
  resolvers: readonly Resolver[],
  nameOf: (resolver: Resolver) => string,
): Promise<Tries[]> {
  const all: Tries[] = []
  for (let from = 0; from < resolvers.length && !all.some(({ again }) => isEnough(again)); from += NODES)
    all.push(...(await tryTogether(bench, resolvers.slice(from, from + NODES), nameOf)))
  return all
}

const isEnough = (again: number): boolean => again >= BROKEN

const againIn = (answers: readonly Resolved[]): number => answers.filter(needsAgain).length

async function tryTogether(
  bench: Workbench,
  resolvers: readonly Resolver[],
  nameOf: (resolver: Resolver) => string,
): Promise<Tries[]> {
  const found = resolvers.map((resolver) => ({ resolver, answers: [] as Resolved[] }))
  const started = performance.now()
  for (let begun = 0; begun < LOOKUPS; begun += AT_ONCE) {
    await Promise.all(
      found.map(async ({ resolver, answers }) => {
        const { client, server } = resolver
        const one: Question = {
          server,
          name: nameOf(resolver),
          type: 'A',
          over: 'UDP',
          beside: 'AAAA',
          again: AGAIN_MS,
        }
        const ask = { questions: Array<Question>(AT_ONCE).fill(one), deadline: DEADLINE_MS }
        answers.push(...(await bench.ask(client, 'resolve', ask, 3 * DEADLINE_MS)))
      }),
    )
    if (found.some(({ answers }) => isEnough(againIn(answers)))) break
  }
  const ms = performance.now() - started
  return Promise.all(
    found.map(async ({ resolver: { client, server }, answers }) => {
      const again = againIn(answers)
      const took = answers.flatMap(({ rcode, ms }) => (rcode === undefined ? [] : [ms]))
      return {
        ...{ node: client.node, server, lookups: answers.length, again },
        unanswered: answers.length - took.length,
        ms: quantiles(took),
        late: answers.filter(needsAgain).map((answer) => ({ client, answer })),
        starved: again < SUSPECT ? 0 : (await bench.ask(client, 'starved', { ms })) / ms,
      }
    }),
  )
}

const needsAgain = ({ rcode, sent }: Resolved): boolean => rcode === undefined || sent > 1

const told = ({ node, server, lookups, again }: Tries) =>
  `${again} of ${lookups} lookups of a pod on ${node} had no answer of ${server} within ${seconds(AGAIN_MS)} and needed a second try`

/**
 * No node needs second tries more often than 5 % of lost packets explain.
 * @throws Trouble if one does more often than 2 % explain, or if its pod had no CPU.
 */
export function claimFirstTries(all: readonly Tries[]): void {
  if (all.length === 0) throw new Error('no name was looked up')
  const worst = all.toSorted((a, b) => b.again - a.again)[0] as Tries
  if (worst.again < SUSPECT) return
  if (worst.starved > BUSY)
    throw new Trouble(
      `${told(worst)}. The pod had no CPU for ${Math.round(worst.starved * 100)} % of this time, so this row is inconclusive.`,
    )
  if (worst.again < BROKEN)
    throw new Trouble(
      `${told(worst)}. 2 % of lost packets explain fewer than ${SUSPECT}, and ${BROKEN} would be a failure, so this row is inconclusive.`,
    )
  const others = all
    .filter((each) => each !== worst)
    .map(({ node, lookups, again }) => `${node}: ${again} of ${lookups}`)
  throw new NonConformance({
    expected: 'no lookup needs a second try',
    actual: told(worst),
    where: `5 % of lost packets explain fewer than ${BROKEN} of ${LOOKUPS}.${others.length > 0 ? ` Second tries on the other nodes: ${others.join(', ')}.` : ''}`,
    answers: worst.late,
  })
}
