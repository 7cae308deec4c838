import { type NonConformance, verdictOf } from '../../contract/errors.ts'
import type { StandingPod } from '../../contract/topology.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { terminate } from '../../fixtures/lifecycle.ts'
import { claimConditions } from './conditions.ts'

const DRAINING = { ready: false, serving: true, terminating: true }
const READY = { ready: true, serving: true, terminating: false }

/** The verdicts on endpoints, by the words of a Then; undefined if the words are true. */
export type Watched = Readonly<Record<string, NonConformance | undefined>>

/** Terminates the first backend of the scene, and watches the endpoints of all backends. */
export async function watchTermination(ground: Ground, { pods, service }: Scene): Promise<Watched> {
  const [ending, ...others] = pods
  if (!ending || !service) throw new Error('this scenario has no backend')
  await terminate(ground.own(), [ending])
  const watch = (watched: readonly StandingPod[], wanted: typeof READY) =>
    verdictOf(claimConditions(ground.bench, service.name, watched, wanted))
  const [terminated, other] = await Promise.all([watch([ending], DRAINING), watch(others, READY)])
  return {
    "the terminated backend's endpoint is serving and terminating, and not ready": terminated,
    "the other backend's endpoint is ready": other,
  }
}
