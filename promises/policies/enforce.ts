import type { Workbench } from '../../cluster/workbench.ts'
import { isMeant, type Observed, type Planned } from '../../contract/conversation.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import { stuckAfter, untilPropagated } from '../../contract/waiting.ts'
import type { Ground } from '../../fixtures/ground.ts'
import type { Failure } from '../../probe/protocol.ts'
import { claimAnswered, isStarved, tooBusy } from '../conversations/claims.ts'
import { converse } from '../conversations/converse.ts'
import { answeredBy, tellFailure, title } from '../conversations/messages.ts'
import { converseForVerdict } from '../conversations/second-look.ts'
import type { Decided } from './words.ts'

/** How a conversation ends that a policy denies. Any other end is a harness error or an answer. */
const DENIALS: readonly Failure[] = ['refused', 'timeout', 'unreachable', 'reset']

const isDenied = ({ outcome }: Observed): boolean => outcome.failure !== undefined && DENIALS.includes(outcome.failure)
const isAnswered = ({ to, outcome }: Observed): boolean =>
  outcome.server !== undefined && isMeant(to, outcome.server.identity)

/**
 * Whether a lack of CPU may have hidden an answer. It hides none to a SYN: the kernels of both ends make the connection, and the probe looks
 * for it once more after the deadline.
 */
const isHidden = (each: Observed): boolean => {
  const { dial, client } = each.outcome
  return isStarved(each) && (dial.protocol === 'UDP' || client !== undefined)
}

/**
 * Every conversation was denied. One whose client had no CPU to hear an answer shows nothing.
 * @throws NonConformance if a server answered; Trouble if none of them shows anything.
 */
export function claimDenied(all: readonly Observed[]): void {
  if (all.length === 0) throw new Error('no conversation was observed, so it is not known whether policies deny it')
  const busy = all.every(isHidden) && tooBusy(all)
  if (busy) throw busy
  const bad = all.filter((each) => !isDenied(each))
  const [node, ...more] = commonNodes(bad)
  const first = bad.find(({ from, to }) => from.node === node && to.node === node) ?? bad[0]
  if (!first) return
  const where = node !== undefined && more.length === 0 ? `, all of them from or to ${node}` : ''
  throw new NonConformance({
    expected: DENIED,
    actual: tellAnswer(first),
    where: `${bad.length} of ${all.length} conversations were not denied${where}.`,
    outcomes: bad.map(({ outcome }) => outcome),
  })
}

/** The nodes that each of these conversations has at an end. */
const commonNodes = (all: readonly Observed[]): string[] =>
  [...new Set(all.flatMap(({ from, to }) => [from.node, to.node]))].filter((node) =>
    all.every(({ from, to }) => from.node === node || to.node === node),
  )

const DENIED = 'the policies deny the conversation'

const tellAnswer = (each: Observed): string =>
  each.outcome.server
    ? `${title(each)}: ${answeredBy(each.outcome.dial, each.outcome.server.identity)}, although the policies deny it`
    : tellFailure(each)

/** How far a conversation is from what the policies decide. `unknown`: one of its probes had no CPU. */
const judged = (each: Observed, as: 'denied' | 'allowed'): 'right' | 'wrong' | 'unknown' => {
  if (as === 'denied') return isHidden(each) ? 'unknown' : isDenied(each) ? 'right' : 'wrong'
  return isStarved(each) ? 'unknown' : isAnswered(each) ? 'right' : 'wrong'
}

/**
 * Waits until each of these was denied, or answered, as the policies decide. There is no status of a policy that says so.
 * @returns the milliseconds until then.
 * @throws NonConformance if a conversation never is; Trouble if the policies are slow, or the machine is too busy to tell.
 */
export async function untilDecided(
  bench: Workbench,
  { denied, allowed }: Pick<Decided, 'denied' | 'allowed'>,
  change = 'created',
): Promise<number> {
  const { limits } = bench.topology.settings
  const as = (all: readonly Planned[], decided: 'denied' | 'allowed') => all.map((planned) => ({ planned, decided }))
  let open = [...as(denied, 'denied'), ...as(allowed, 'allowed')]
  let last: ((typeof open)[number] & { each: Observed })[] = []
  const ms = await untilPropagated({
    what: 'The policies had their effect',
    by: 'The policy engine',
    limits,
    look: async (begun) => {
      const all = await converse(
        bench,
        open.map(({ planned }) => planned),
      )
      const now = open.flatMap((one, i) => (all[i] ? [{ ...one, each: all[i] }] : []))
      last = now.filter(({ each, decided }) => judged(each, decided) !== 'right')
      open = last
      return open.length > 0 ? undefined : begun
    },
  })
  if (ms !== undefined) return ms
  const wrong = last.find(({ each, decided }) => judged(each, decided) === 'wrong')
  if (!wrong)
    throw new Trouble(
      `${last[0] ? tellFailure(last[0].each) : 'a conversation failed'}. Its probes had no CPU, so what the policies decide is unknown, and this row is inconclusive.`,
    )
  const { each, decided } = wrong
  const after = `${stuckAfter(limits)} after the policies were ${change}`
  throw new NonConformance({
    expected: decided === 'denied' ? DENIED : 'the policies let the conversation pass',
    actual: decided === 'denied' ? `${tellAnswer(each)}, ${after}` : `${tellFailure(each)}, ${after}`,
    outcomes: [each.outcome],
  })
}

/** What became of policies: the conversations to judge, and how long the policies took. */
export interface Enforced {
  tookMs: number
  planned: Planned[]
  controls: Planned[]
}

/** Without the policies every conversation is answered. Then they are created, and each conversation is as they decide. */
export async function enforce(ground: Ground, decided: Decided): Promise<Enforced | undefined> {
  const { bench, limits } = ground
  const { denied, allowed, specs, namespace } = decided
  if (denied.length === 0 || allowed.length === 0)
    throw new Error('a policy needs a denied and an allowed conversation')
  const before = patient([...denied, ...allowed], limits.dial)
  await ground.defer(async () => claimAnswered(await converseForVerdict(bench, before)))
  if (ground.hasVerdict) return undefined
  const own = ground.own(namespace)
  for (const [i, spec] of specs.entries()) await own.createPolicy(`policy-${i + 1}`, spec)
  let tookMs = -1
  await ground.defer(async () => {
    tookMs = await untilDecided(bench, decided)
  })
  return { tookMs, planned: [...denied, ...denied], controls: [...allowed] }
}

/** The same, and then the policies are deleted and every conversation is answered again. */
export async function enforceAndRemove(ground: Ground, decided: Decided): Promise<Enforced | undefined> {
  const enforced = await enforce(ground, decided)
  if (!enforced || ground.hasVerdict) return enforced
  await ground.own(decided.namespace).deletePolicies()
  const all = patient([...decided.denied, ...decided.allowed], ground.limits.dial)
  await ground.defer(async () => {
    await untilDecided(ground.bench, { denied: [], allowed: patient(all, ground.limits.deny) }, 'deleted')
  })
  return { ...enforced, planned: all, controls: [] }
}

/** The same conversations while no policy denies them. */
const patient = (all: readonly Planned[], deadline: number): Planned[] =>
  all.map(({ dial: { denied: _, ...dial }, ...each }) => ({ ...each, dial: { ...dial, deadline } }))
