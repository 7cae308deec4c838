import type { V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node'
import type { KubeApi } from '../cluster/kube/api.ts'
import { isCode } from '../cluster/kube/trouble.ts'
import { Late, untilSeen } from '../cluster/kube/watch.ts'
import { type PodPlan, podManifest, portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { isReady, podCollection } from '../cluster/pods/ready.ts'
import { probeRefs } from '../cluster/pods/refs.ts'
import { chooseNodes } from '../cluster/site/choose-nodes.ts'
import { createNamespace, putProgram } from '../cluster/site/namespaces.ts'
import { unfit } from '../cluster/site/nodes.ts'
import { holdLease } from '../cluster/site/owner.ts'
import { namespacesOf } from '../cluster/site/remove.ts'
import { Trouble, UsageError } from '../contract/errors.ts'
import { ROLE, RUN, runLabels, runSelector } from '../contract/labels.ts'
import type { Settings } from '../contract/settings.ts'
import type { ProbeRef } from '../contract/topology.ts'
import { limitOf } from '../contract/waiting.ts'
import { normalise } from '../probe/address.ts'

const WATCH = 'watch'
/** A probe that is told to end serves for so many seconds more, so that Services can lead its clients elsewhere first. */
const LINGER = 5

/** Where the probes of a watch stand. */
export interface Stand {
  namespace: string
  /** The name of the DaemonSet and of the Service. */
  name: string
  plan: PodPlan
  /** The virtual IP of the Service over all probes, and its port. */
  service: { ip: string; port: number }
  /** The nodes that must have a probe when the watch begins; undefined if these credentials may not list nodes. */
  expected: string[] | undefined
  /** Ends the renewal of the Lease. */
  letGo: () => void
}

/**
 * Creates what a watch needs: a DaemonSet with one probe on each node, and a Service over all of them. A drain evicts no pods of a
 * DaemonSet, and a node that is drained keeps its network; a new node gets its probe by itself. Pods without a controller would make
 * `kubectl drain` refuse.
 */
export async function makeStand(api: KubeApi, run: string, settings: Settings, asked: Set<string>): Promise<Stand> {
  const { main: namespace } = namespacesOf(run, settings.namespace)
  const nodes = await api.core.listNode().then(
    ({ items }) => items,
    (error: unknown) => {
      if (!isCode(error, 403)) throw error
      return undefined
    },
  )
  const named = settings.nodes !== undefined && settings.nodes !== 'all'
  if (!nodes && named)
    throw new UsageError(`--nodes ${settings.nodes}: these credentials may not list nodes; expected all.`)
  const chosen = nodes && chooseNodes(nodes, { ...settings, nodes: settings.nodes ?? 'all' })
  const fit = (nodes ?? []).filter(
    (node) => unfit({ ...node, spec: { ...node.spec, unschedulable: false } }, settings.pods) === undefined,
  )
  const only = named ? chosen && [...chosen.sampled, ...chosen.ring].map(({ name }) => name) : undefined
  const place = { run, main: namespace }
  if (settings.namespace === undefined) await createNamespace(api, place, namespace, 'restricted', asked)
  else {
    asked.add(namespace)
    await putProgram(api, place, namespace, asked)
  }
  const letGo = await holdLease(api, namespace, run)
  const name = settings.namespace === undefined ? WATCH : `flatnet-${run}-${WATCH}`
  const plan = planOf(name, namespace)
  const template = templateOf(plan, run, settings, only)
  const labels = runLabels(run)
  const matchLabels = { [RUN]: run, [ROLE]: WATCH }
  const body = { metadata: { name, labels }, spec: { selector: { matchLabels }, template } }
  const [, made] = await Promise.all([
    api.apps.createNamespacedDaemonSet({ namespace, body }),
    api.core.createNamespacedService({
      namespace,
      body: { metadata: { name, labels }, spec: { selector: matchLabels, ports: servicePorts(portsOf(0)) } },
    }),
  ])
  const service = { ip: normalise(made.spec?.clusterIP ?? ''), port: portsOf(0).tcp }
  const expected = only ?? (nodes && fit.map(({ metadata }) => metadata?.name ?? ''))
  return { namespace, name, plan, service, expected, letGo }
}

const planOf = (name: string, namespace: string): PodPlan => ({
  name,
  namespace,
  labels: { [ROLE]: WATCH },
  requests: true,
  grace: 2 * LINGER,
  containers: [{ name: 'app', ports: portsOf(0), readiness: 'switch', linger: LINGER }],
})

function templateOf(
  plan: PodPlan,
  run: string,
  { probeImage: image, pods }: Settings,
  only?: string[],
): V1PodTemplateSpec {
  const { metadata, spec } = podManifest(plan, { run, image, pods })
  const terms = only
    ? only.map((node) => ({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }))
    : [{ matchExpressions: [LINUX, REAL] }]
  return {
    metadata: { labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} },
    spec: {
      ...(spec as NonNullable<V1Pod['spec']>),
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
    },
  }
}

const LINUX = { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }
const REAL = { key: 'type', operator: 'NotIn', values: ['virtual-kubelet', 'kwok'] }

/** The pods of a watch, to look at and to wait for. */
export const watchPods = (api: KubeApi, { namespace }: Stand, run: string) =>
  podCollection(api, namespace, `${runSelector(run)},${ROLE}=${WATCH}`)

/** The probes of these pods that run. */
export const probesOf = ({ plan }: Stand, pods: readonly V1Pod[]): ProbeRef[] =>
  pods
    .filter(({ status, metadata }) => status?.podIP && status.phase === 'Running' && !metadata?.deletionTimestamp)
    .flatMap((pod) => probeRefs({ ...plan, name: pod.metadata?.name ?? '' }, pod))

/** Waits until every node that must have a probe has one that is Ready. @throws Trouble with the nodes that have none. */
export async function standing(api: KubeApi, stand: Stand, run: string, { limits }: Settings): Promise<ProbeRef[]> {
  const lacking = (pods: readonly V1Pod[]) => {
    const there = new Set(pods.filter(isReady).map(({ spec }) => spec?.nodeName))
    return (stand.expected ?? []).filter((node) => !there.has(node))
  }
  const done = (pods: V1Pod[]) =>
    pods.length > 0 && lacking(pods).length === 0 && (stand.expected !== undefined || pods.every(isReady))
      ? pods
      : undefined
  const wait = { late: 'the probes did not all become Ready', limit: limitOf(limits, 'pod'), done }
  try {
    const lag = (pods: V1Pod[]) => `none on ${lacking(pods).slice(0, 5).join(', ')}`
    return probesOf(stand, await untilSeen(api, watchPods(api, stand, run), { ...wait, lag }))
  } catch (error) {
    const set = await api.apps
      .readNamespacedDaemonSet({ namespace: stand.namespace, name: stand.name })
      .catch(() => undefined)
    const why = set?.status?.conditions?.find(({ status }) => status === 'True')?.message
    throw error instanceof Late && why ? new Trouble(`${error.message} ${why}`) : error
  }
}
