import type { Workbench } from '../../cluster/workbench.ts'
import type { Resolver } from '../../fixtures/resolver.ts'
import { triesToExceed } from '../../fixtures/statistics.ts'
import { type Asked, ask, type Round } from './ask.ts'

/** The share of wrong answers that must not be missed. */
const LIES = 0.1
/**
 * The questions of a node to one server that may stay unanswered. Each datagram was sent again for the whole deadline.
 * If a network loses 2 % of its packets, more than these are a matter of one run in millions.
 */
const UNANSWERED = 2
/** The answers that each node must get from each server: a server that gives one wrong answer in ten is missed by chance alone. */
export const ANSWERS = triesToExceed(UNANSWERED, LIES)

export const isWrong = (each: Asked): boolean => each.wrong !== undefined

/** The answers after a right round, and the number of questions that got none and are left out. */
export interface More {
  asked: Asked[]
  unanswered: number
}

/**
 * Repeats a round that was right until every node has got enough answers from each server, or one is wrong. The rounds
 * come one after the other, so that their questions do not fill a queue. Few unanswered questions are left out.
 */
export async function askMore(
  bench: Workbench,
  resolvers: readonly Resolver[],
  round: Round,
  first: readonly Asked[],
): Promise<More> {
  const fewest = Math.min(...[...Map.groupBy(first, pathOf).values()].map(({ length }) => length))
  const more: Asked[] = []
  for (let left = Math.ceil(ANSWERS / fewest); left > 0; left -= 1) {
    more.push(...(await ask(bench, resolvers, round)))
    if (judged(more).asked.some(isWrong)) break
  }
  return judged(more)
}

const pathOf = ({ resolver: { client, server } }: Asked) => `${client.node} ${server}`
const isSilent = ({ answer }: Asked) => answer.failure === 'timeout'

/** Whether every wrong answer is silence, and each client got right answers from the same server in the same round. */
export function isPatchy(round: readonly Asked[]): boolean {
  const bad = round.filter(isWrong)
  const answering = new Set(round.filter((each) => !isWrong(each)).map(pathOf))
  return bad.length > 0 && bad.every((each) => isSilent(each) && answering.has(pathOf(each)))
}

function judged(all: readonly Asked[]): More {
  const few = [...Map.groupBy(all.filter(isSilent), pathOf).values()].filter(({ length }) => length <= UNANSWERED)
  const spared = new Set(few.flat())
  return { asked: all.filter((each) => !spared.has(each)), unanswered: spared.size }
}
