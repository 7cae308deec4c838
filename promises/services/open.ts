import type { Observed, Planned } from '../../contract/conversation.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { clientProbes, clientsWithService, conversations } from '../../fixtures/service-clients.ts'
import { triesToCatch, triesToMeet, triesToWeigh } from '../../fixtures/statistics.ts'
import { onTurn } from '../conversations/axes.ts'
import { converse } from '../conversations/converse.ts'
import { type Payload, payloadsOf, rested } from '../conversations/plan.ts'
import { tallyEndpoints } from './every-endpoint.ts'
import { examples, flowOf, type Tally, type Transports, tally } from './tally.ts'

/** The conversations per backend. A client misses one of two backends with a probability below 1e-12. */
export const TRIES = 20

/**
 * Repeats conversations until every client must have met each of its backends, or `atMost` times. A single backend would get all of its
 * clients' conversations, so these are at most `TRIES`.
 */
export function repeated(
  once: readonly Planned[],
  { backends = 0, atMost = Number.POSITIVE_INFINITY }: { backends?: number; atMost?: number | undefined } = {},
): Planned[] {
  const most = Math.max(backends, ...once.map(({ to }) => to.by.length))
  const tries = Math.min(atMost, triesToMeet(most, once.length))
  const isOver = ({ to }: Planned, turn: number) => to.by.length === 1 && turn >= TRIES
  return Array.from({ length: tries }, (_, turn) =>
    once.filter((each) => !isOver(each, turn)).map((each) => onTurn(each, turn)),
  ).flat()
}

/** Conversations and their controls, to be opened in one batch. */
export interface Batch {
  planned: Planned[]
  controls: Planned[]
  /** Opens all of it also after a wait has found a broken promise: a few conversations would not show what is denied. */
  whole?: true
  /** Conversations that were opened before, and their controls. */
  also?: { planned: Observed[]; controls: Observed[] }
}

/**
 * Waits until the clients see what the scene's rule says. Then plans enough conversations to meet every backend again, or
 * the conversations of each client that carry this payload.
 */
export async function planToVirtualIPs(
  ground: Ground,
  scene: Scene,
  protocols: Transports,
  payload?: Payload,
): Promise<Batch> {
  const { limits } = ground
  const controls = conversations(limits, scene.controls, protocols)
  if (scene.rule === 'refused') return toBeRefused(ground, scene, protocols, controls)
  if (scene.unanswered) return toBeUnanswered(ground, scene, protocols, controls)
  const once = conversations(limits, scene.subjects, protocols)
  await ground.until([...once, ...controls], scene.rule)
  if (!payload) return { planned: repeated(once, scene), controls: repeated(controls, scene) }
  const planned = protocols.flatMap((protocol) =>
    Array.from({ length: timesOf(payload) }, () =>
      payloadsOf(ground, payload, protocol).flatMap((more) => conversations(limits, scene.subjects, [protocol], more)),
    ).flat(),
  )
  return { planned, controls }
}

/** A forgotten conversation is given to a backend again, which may be its own by chance. So each client has several that rest. */
const timesOf = ({ life }: Payload): number => (life === rested ? TRIES : 1)

/** The first conversation of each client with each of these servers, by each protocol. */
export const oneOfEach = (planned: readonly Planned[]): Planned[] =>
  [...Map.groupBy(planned, flowOf).values()].flatMap((same) => same.slice(0, 1))

async function toBeRefused(ground: Ground, scene: Scene, protocols: Transports, controls: Planned[]): Promise<Batch> {
  const { limits, topology } = ground
  const quick = { deadline: limits.refuse, manner: 'connected' as const }
  await ground.until(controls, 'each')
  // The kernel limits refusals per client address, so other pods on the same nodes wait for the first refusal.
  const others = clientsWithService(serviceOf(scene), clientProbes(topology), () => [])
  await ground.until(conversations(limits, others, protocols, quick), 'refused')
  return { planned: conversations(limits, scene.subjects, protocols, quick), controls }
}

/** A client that must get no answer waits until its deadline, so the deadline is short. */
async function toBeUnanswered(
  ground: Ground,
  scene: Scene,
  protocols: Transports,
  controls: Planned[],
): Promise<Batch> {
  const { dial, forget } = ground.limits
  await ground.until(controls, 'each')
  const deadline = Math.min(dial, forget)
  return { planned: conversations(ground.limits, scene.subjects, protocols, { deadline }), controls }
}

/** The effects that a scenario must tell from chance by counting. */
export const EFFECTS = ['a leak of 1 in 100', 'a weight that is doubled', 'every endpoint'] as const
export type Effect = (typeof EFFECTS)[number]

/** Opens enough conversations to see the effect, except in one run in a million, and the controls at the same time. */
export async function openToSee(ground: Ground, scene: Scene, protocols: Transports, effect: Effect) {
  const { bench, limits } = ground
  const once = conversations(limits, scene.subjects, protocols)
  await ground.until(once, scene.rule)
  if (ground.hasVerdict) {
    const observed = await converse(bench, once)
    if (observed.some(({ outcome }) => outcome.failure !== undefined)) return { tallies: [], observed, controls: [] }
  }
  const clients = new Set(once.map(({ from }) => from.uid)).size
  const times = {
    'a leak of 1 in 100': Math.ceil(triesToCatch(0.01) / clients),
    'a weight that is doubled': triesToWeigh(scene.pods.length),
  }
  const [tallies, controls]: [Tally[], Awaited<ReturnType<typeof converse>>] = await Promise.all([
    effect === 'every endpoint' ? tallyEndpoints(ground, scene, once) : tally(bench, once, times[effect]),
    converse(bench, conversations(limits, scene.controls, protocols)),
  ])
  return { tallies, observed: examples(tallies), controls }
}
