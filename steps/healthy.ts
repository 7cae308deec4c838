import { mishapOf } from '../cluster/pods/mishap.ts'
import { NonConformance, Trouble } from '../contract/errors.ts'
import type { StandingPod } from '../contract/topology.ts'
import type { Flatnet } from './world.ts'

/**
 * What a Then throws: a broken promise, if the suite itself is healthy. If a pod of the suite that took part is gone or has restarted, or
 * its node is not Ready any more, it is a Trouble that says so.
 */
export async function judged(
  world: Pick<Flatnet, 'bench' | 'topology' | 'seen' | 'scene'>,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof NonConformance)) return error
  const api = await world.bench.api()
  // If the API does not answer, nothing speaks against the verdict.
  const mishap = await mishapOf(api, world.topology.run, involved(world, error)).catch(() => undefined)
  if (mishap === undefined) return error
  return new Trouble(`${mishap}, so this row is inconclusive. It saw: ${error.violation.actual}`)
}

/**
 * The standing pods that the scenario is about, and those at both ends of the conversations that broke the promise; the clients, if no
 * conversation did. A wait knows only which backends did not answer, so the scenario's pods count too.
 */
function involved(
  { topology: { pods }, seen, scene }: Pick<Flatnet, 'topology' | 'seen' | 'scene'>,
  { outcomes }: NonConformance,
): StandingPod[] {
  const about = new Set(scene.pods.map(({ uid }) => uid))
  if (outcomes.length === 0) return pods.filter(({ role, uid }) => role === 'client' || about.has(uid))
  const all = [...seen.all, ...seen.controls].filter(({ outcome }) => outcomes.includes(outcome))
  const uids = new Set([
    ...all.flatMap(({ from, to }) => [from.uid, ...to.by.map(({ uid }) => uid)]),
    ...outcomes.map(({ server }) => server?.identity.uid),
  ])
  const ips = new Set(outcomes.flatMap(({ dial, client }) => [dial.host, client?.local.ip]))
  return pods.filter(
    ({ uid, containers }) => about.has(uid) || uids.has(uid) || containers[0]?.ips.some((ip) => ips.has(ip)),
  )
}
