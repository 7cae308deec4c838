import type { KubeApi } from '../cluster/kube/api.ts'
import { mishapOf, waitingOf } from '../cluster/pods/mishap.ts'
import { rewrittenOf } from '../cluster/pods/rewritten.ts'
import { mayBlock, widePolicies } from '../cluster/site/wide-policies.ts'
import { NonConformance, Trouble } from '../contract/errors.ts'
import type { StandingPod, Topology } from '../contract/topology.ts'
import type { Flatnet } from './world.ts'

/**
 * What a Then throws: a broken promise, if the suite itself is healthy. If a pod of the suite that took part is gone or has restarted, or
 * its node is not Ready any more, it is a Trouble that says so, and so it is if the cluster has changed such a pod or the standing Service
 * when it was admitted. The same holds if it lacks an answer that a policy may have blocked, that a pod cannot give while it waits for a
 * readiness gate, or that a node may have dropped because it tracks too many connections.
 */
export async function judged(world: Judged, error: unknown): Promise<unknown> {
  if (!(error instanceof NonConformance)) return error
  const api = await world.bench.api()
  const { topology } = world
  const pods = involved(world, error)
  const looks = [() => mishapOf(api, topology.run, pods, nodesOf(world, error)), () => rewriteOf(api, topology, error)]
  if (lacksAnswer(error))
    looks.push(
      () => waitingOf(api, topology.run, pods),
      () => blockade(api, topology),
      () => crowdOf(world, nodesOf(world, error)),
    )
  for (const look of looks) {
    // If the API does not answer, nothing speaks against the verdict.
    const mishap = await look().catch(() => undefined)
    if (mishap !== undefined)
      return new Trouble(`${mishap}, so this row is inconclusive. It saw: ${error.violation.actual}`)
  }
  return error
}

type Judged = Pick<Flatnet, 'bench' | 'topology' | 'seen' | 'scene' | 'lasting'>

/** Whether a broken promise may be about missing answers. If it is about no conversations at all, it may be. */
const lacksAnswer = ({ outcomes }: NonConformance): boolean =>
  outcomes.length === 0 || outcomes.some(({ server, failure }) => !server && failure !== 'foreign')

/** The policies that may block conversations, as a sentence without its full stop; undefined if there are none. */
async function blockade(api: KubeApi, { policies, namespaces }: Topology): Promise<string | undefined> {
  if (!policies || policies.kinds.length === 0) return undefined
  const { names } = await widePolicies(api, Object.values(namespaces), policies.kinds)
  return names.length > 0 ? mayBlock(names) : undefined
}

/**
 * What a policy of the cluster has written into the standing Service, as a sentence without its full stop, if the broken promise may be
 * about this Service. Services of scenarios are looked at when they are created.
 */
async function rewriteOf(
  api: KubeApi,
  { service, namespaces }: Topology,
  { outcomes }: NonConformance,
): Promise<string | undefined> {
  const isMeant = ({ dial: { host } }: NonConformance['outcomes'][number]) =>
    service?.ips.includes(host) || host.startsWith(`${service?.name}`)
  if (!service || !(outcomes.length === 0 || outcomes.some(isMeant))) return undefined
  const { name } = service
  const rewritten = rewrittenOf(await api.core.readNamespacedService({ namespace: namespaces.main, name }), {})
  return rewritten && `Service ${namespaces.main}/${name} was rewritten when it was admitted (${rewritten})`
}

/** The share of the connections that a node can track from which on it may drop packets of new ones. */
const FULL = 0.9

/**
 * A node that tracks almost as many connections as it can, as a sentence without its full stop. A run itself opens tens of thousands of
 * connections. Only a pod on the host's network sees those of its node.
 * @param names the nodes to look at; all of them if there are none.
 */
async function crowdOf({ bench, topology }: Judged, names: readonly string[]): Promise<string | undefined> {
  const hosts = topology.pods.filter(
    ({ role, node }) => role === 'host' && (names.length === 0 || names.includes(node)),
  )
  const told = await Promise.all(
    hosts.flatMap(({ node, containers: [probe] }) =>
      probe ? [bench.ask(probe, 'facts', {}).then(({ tracked }) => ({ node, tracked }))] : [],
    ),
  )
  const full = told.find(({ tracked }) => tracked && tracked.count >= FULL * tracked.max)
  return full?.tracked
    ? `${full.node} tracks ${full.tracked.count} connections, can track ${full.tracked.max} (nf_conntrack_max) and may have dropped packets`
    : undefined
}

/** The conversations of the scenario that broke the promise. A wait does not keep its own. */
const against = ({ seen }: Pick<Judged, 'seen'>, { outcomes }: NonConformance) =>
  [...seen.all, ...seen.controls].filter(({ outcome }) => outcomes.includes(outcome))

/** Whether the conversations that broke the promise are among those that the scenario keeps. */
const isKnown = (world: Judged, error: NonConformance): boolean =>
  error.outcomes.length > 0 && against(world, error).length >= error.outcomes.length

/**
 * The nodes at both ends of the conversations that broke the promise, and those of the scenario's own pods. If the conversations are not
 * known, all nodes from which the scenario dials.
 */
function nodesOf(world: Judged, error: NonConformance): string[] {
  const { topology, scene } = world
  const names = [
    ...scene.pods.map(({ node }) => node),
    ...against(world, error).flatMap(({ from, to }) => [
      from.node,
      to.node,
      ...to.by.flatMap(({ node }) => node ?? []),
    ]),
    ...(isKnown(world, error) ? [] : scene.subjects.map(({ client }) => client.node)),
  ]
  return topology.allNodes.map(({ name }) => name).filter((name) => names.includes(name))
}

/**
 * The pods that the scenario is about and has not ended itself, and those at both ends of the conversations that broke the promise. A wait
 * does not keep its conversations: then all pods that the scenario dials from and dials count. Without any conversation, all clients do.
 */
function involved(world: Judged, error: NonConformance): StandingPod[] {
  const { scene, lasting: pods } = world
  const { outcomes } = error
  const about = new Set(scene.pods.map(({ uid }) => uid))
  if (!isKnown(world, error))
    for (const { client, to } of scene.subjects) for (const { uid } of [client, ...to.by]) about.add(uid)
  if (outcomes.length === 0) return pods.filter(({ role, uid }) => role === 'client' || about.has(uid))
  const uids = new Set([
    ...against(world, error).flatMap(({ from, to }) => [from.uid, ...to.by.map(({ uid }) => uid)]),
    ...outcomes.map(({ server }) => server?.identity.uid),
  ])
  const ips = new Set(outcomes.flatMap(({ dial, client }) => [dial.host, client?.local.ip]))
  return pods.filter(
    ({ uid, containers }) => about.has(uid) || uids.has(uid) || containers[0]?.ips.some((ip) => ips.has(ip)),
  )
}
