import type { Workbench } from '../../cluster/workbench.ts'
import { Trouble } from '../../contract/errors.ts'
import type { Limits } from '../../contract/settings.ts'
import { limitOf, paceOf, seconds, tooSlow } from '../../contract/waiting.ts'
import { Hope, type Path } from '../../fixtures/outages.ts'
import type { Resolver } from '../../fixtures/resolver.ts'
import type { Resolved } from '../../probe/protocol.ts'
import { pathToDns } from '../paths/to-dns.ts'
import { type Asked, ask, isExcused, type Round } from './ask.ts'
import { maxAge } from './expected.ts'
import { askMore, isPatchy, isWrong } from './more.ts'

/**
 * The rounds in a row in which servers answer some questions rightly and others not at all. A server that a change has not
 * reached yet gives a wrong answer, so silence beside right answers is not waited for any longer.
 */
const PATCHY_ROUNDS = 3

/** The wrong answers that a cache may give for the TTL that they state: none, absences from before a name existed, or any. */
export type Stale = 'none' | 'negative' | 'any'

/** How a name may be wrong. `standing`: it has not changed since provisioning, so it has no excuse once it was right. */
export interface Excuse {
  stale: Stale
  standing?: boolean
}

/**
 * The first round without a wrong answer and all answers after it, or else the last round; when each client's answers
 * were right, in ms from the start; and the number of questions that got no answer and are not claimed over.
 */
export interface LastRound {
  asked: Asked[]
  latencies: number[]
  unanswered: number
}

/**
 * Asks until a whole round is right or the time is over, and then many times more. The time is `propagate` and
 * `patience`, and the TTL that wrong answers state if they may be stale. A later wrong answer ends the wait for a name
 * that stands, and for every name once the time in which a cache may be stale is over. A claim must follow.
 * @throws Trouble if that TTL is longer than `limits.ttl`, or if the round is right too late for a verdict.
 */
export async function untilAnswered(
  bench: Workbench,
  resolvers: readonly Resolver[],
  round: Round,
  { stale, standing = false }: Excuse,
): Promise<LastRound> {
  const { limits } = bench.topology.settings
  const started = performance.now()
  const right = new Map<Resolver, number>()
  const last = { asked: [] as Asked[], unanswered: 0 }
  let age = 0
  let verdict = false
  let patchy = 0
  const allowed = () => Math.min(age, limits.ttl)
  const due = () => limits.propagate + allowed()
  const remember = (bad: readonly Asked[], ms: number): undefined => {
    age = Math.max(age, ...bad.map(({ answer }) => 1_000 * staleFor(answer, stale)))
    if (age > limits.ttl && ms > due()) throw tooOld(bad, age, limits)
  }
  const look = async () => {
    if (verdict) return true
    last.asked = await ask(bench, resolvers, round)
    const ms = performance.now() - started
    const bad = last.asked.filter(isWrong)
    for (const resolver of resolvers) {
      if (!bad.some((each) => each.resolver === resolver)) right.set(resolver, right.get(resolver) ?? Math.round(ms))
    }
    // A round that a busy machine explains counts neither way.
    if (!bad.some(isExcused)) patchy = isPatchy(last.asked) ? patchy + 1 : 0
    if (bad.length > 0) return remember(bad, ms)
    const { asked, unanswered } = await askMore(bench, resolvers, round, last.asked)
    Object.assign(last, { asked: [...last.asked, ...asked], unanswered })
    const later = asked.filter(isWrong)
    verdict = later.length > 0 && (standing || ms > due())
    return later.length === 0 || verdict || remember(later, ms)
  }
  const hope = new Hope(bench)
  const pathOf = ({ resolver, answer: { question, rcode } }: Asked): Path[] =>
    rcode === undefined ? [pathToDns(bench, resolver, question.over)] : []
  const isHopeless = () => hope.isLost(() => last.asked.filter(isWrong).map(pathOf)) || patchy >= PATCHY_ROUNDS
  const pace = await paceOf({ limits, stale: allowed, look, isHopeless })
  if (pace.is === 'slow' && !verdict)
    throw tooSlow({ what: 'cluster DNS gave the right answers', by: 'Cluster DNS' }, pace.ms, limits, allowed())
  // The controls of the dead path had CPU, so a busy machine is no excuse.
  if (hope.isGone) last.asked = last.asked.map(({ starvedMs: _, ...each }) => each)
  return { ...last, latencies: [...right.values()] }
}

const staleFor = (answer: Resolved, stale: Stale): number => {
  if (stale === 'none') return 0
  return stale === 'any' || answer.answers.length === 0 ? maxAge(answer) : 0
}

function tooOld([first]: readonly Asked[], age: number, limits: Pick<Limits, 'ttl'>): Trouble {
  const { name, type } = first?.expected ?? {}
  return new Trouble(
    `${type} of ${name}: an answer from before the change states a TTL of ${seconds(age)}, and a cache may keep it until then. This run waits only for ${limitOf(limits, 'ttl').words}, so this row is inconclusive. Raise limits.ttl to wait longer.`,
  )
}
