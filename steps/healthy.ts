import type { KubeApi } from '../cluster/kube/api.ts'
import { mishapOf } from '../cluster/pods/mishap.ts'
import { mayBlock, widePolicies } from '../cluster/site/wide-policies.ts'
import { NonConformance, Trouble } from '../contract/errors.ts'
import type { StandingPod, Topology } from '../contract/topology.ts'
import type { Flatnet } from './world.ts'

/**
 * What a Then throws: a broken promise, if the suite itself is healthy. If a pod of the suite that took part is gone or has restarted, or
 * its node is not Ready any more, it is a Trouble that says so. The same holds if a policy may have blocked what it lacks.
 */
export async function judged(
  world: Pick<Flatnet, 'bench' | 'topology' | 'seen' | 'scene'>,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof NonConformance)) return error
  const api = await world.bench.api()
  // If the API does not answer, nothing speaks against the verdict.
  const mishap =
    (await mishapOf(api, world.topology.run, involved(world, error)).catch(() => undefined)) ??
    (await blockade(api, world.topology, error))
  if (mishap === undefined) return error
  return new Trouble(`${mishap}, so this row is inconclusive. It saw: ${error.violation.actual}`)
}

/**
 * The policies that may have blocked what a broken promise lacks, as a sentence without its full stop; undefined if there are none. A
 * conversation that was answered was not blocked. A broken promise without conversations may be about blocked ones.
 */
async function blockade(
  api: KubeApi,
  { policies, namespaces }: Pick<Topology, 'policies' | 'namespaces'>,
  { outcomes }: NonConformance,
): Promise<string | undefined> {
  const isBlocked = outcomes.length === 0 || outcomes.some(({ server, failure }) => !server && failure !== 'foreign')
  if (!isBlocked || !policies || policies.kinds.length === 0) return undefined
  const { names } = await widePolicies(api, Object.values(namespaces), policies.kinds)
  return names.length > 0 ? mayBlock(names) : undefined
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
