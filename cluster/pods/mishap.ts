import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import type { StandingPod } from '../../contract/topology.ts'
import type { KubeApi } from '../kube/api.ts'
import { isCode } from '../kube/trouble.ts'
import { readyOf } from '../site/nodes.ts'
import { podsOf, restartsOf, servingOf } from './refs.ts'
import { injectedInto } from './rewritten.ts'

/**
 * What happened to standing pods since the scenarios began, to their nodes or to other nodes, or what the cluster has put into such a pod
 * when it was admitted, as a sentence without its full stop; undefined if they are as they were planned, or if these credentials may not look.
 * A conversation with such a pod says nothing about the network.
 */
export async function mishapOf(
  api: KubeApi,
  run: string,
  pods: readonly StandingPod[],
  otherNodes: readonly string[] = [],
): Promise<string | undefined> {
  const names = [...new Set([...pods.map(({ node }) => node), ...otherNodes])]
  const [found, nodes] = await Promise.all([
    podsOf(api, run, pods),
    Promise.all(names.map((name) => mishapOfNode(api, name))),
  ])
  const ofPods = pods.map((pod) => mishapOfPod(pod, found.get(pod.uid)))
  const injections = pods.map((pod) => injectionOf(pod, found.get(pod.uid) ?? {}))
  return [...ofPods, ...nodes, ...injections].find((mishap) => mishap !== undefined)
}

/**
 * A pod of the run that waits for a readiness gate, as a sentence without its full stop. flatnet sets no gates: an admission webhook of the
 * cluster does, and another program opens them. No Service sends clients to such a pod.
 */
export async function waitingOf(api: KubeApi, run: string, pods: readonly StandingPod[]): Promise<string | undefined> {
  for (const pod of (await podsOf(api, run, pods)).values()) {
    const gate = closedGateOf(pod)
    if (gate) return `pod ${pod.metadata?.name} on ${pod.spec?.nodeName} waits for its readiness gate ${gate}`
  }
  return undefined
}

function injectionOf({ name, node }: StandingPod, now: V1Pod): string | undefined {
  const injected = injectedInto(now)
  return (
    injected &&
    `an admission webhook of this cluster has put container ${injected} into pod ${name} on ${node}, which may redirect the pod’s packets`
  )
}

/** The first readiness gate of a pod that is not open. */
export const closedGateOf = ({ spec, status }: V1Pod): string | undefined =>
  spec?.readinessGates
    ?.map(({ conditionType }) => conditionType)
    .find((gate) => !status?.conditions?.some((each) => each.type === gate && each.status === 'True'))

function mishapOfPod({ name, node, restarts = 0 }: StandingPod, now: V1Pod | undefined): string | undefined {
  const pod = `pod ${name} on ${node}`
  if (!now) return `${pod} is gone`
  if (now.metadata?.deletionTimestamp) return `${pod} is being deleted`
  const { phase, reason, message } = now.status ?? {}
  if (phase === 'Failed' || phase === 'Succeeded')
    return `${pod} has ended (${reason ?? phase}${message ? `: ${message}` : ''})`
  // The kubelet restarts such a container if its probes are lost, which is the network's doing.
  const isProbed = now.spec?.containers.some(({ livenessProbe, startupProbe }) => livenessProbe ?? startupProbe)
  if (isProbed || restartsOf(now) <= restarts) return undefined
  const restarted = servingOf(now)
    .filter(({ restartCount }) => restartCount > 0)
    .sort(byEnd)
    .at(-1)
  if (!restarted) return undefined
  const why = restarted.lastState?.terminated?.reason
  return `container ${restarted.name} of ${pod} has restarted${why ? ` (${why})` : ''}`
}

/** Orders containers by when they last ended. */
const byEnd = (a: V1ContainerStatus, b: V1ContainerStatus): number => endOf(a) - endOf(b)
const endOf = ({ lastState }: V1ContainerStatus): number => lastState?.terminated?.finishedAt?.getTime() ?? 0

/** The standing pods, with the number of restarts that they have now: what has restarted before is no mishap. */
export async function restartsCounted(api: KubeApi, run: string, pods: readonly StandingPod[]): Promise<StandingPod[]> {
  const found = await podsOf(api, run, pods)
  return pods.map((pod) => {
    const now = found.get(pod.uid)
    return now ? { ...pod, restarts: restartsOf(now) } : pod
  })
}

async function mishapOfNode(api: KubeApi, name: string): Promise<string | undefined> {
  const node = await api.core.readNode({ name }).catch((error: unknown) => (isCode(error, 404) ? 'gone' : undefined))
  if (node === 'gone') return `node ${name} is gone`
  const ready = readyOf(node)
  if (!ready || ready.status === 'True') return undefined
  return `node ${name} is no longer Ready${ready.message ? ` (${ready.message})` : ''}`
}
