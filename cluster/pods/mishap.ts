import type { V1Node, V1Pod } from '@kubernetes/client-node'
import { runSelector } from '../../contract/labels.ts'
import type { StandingPod } from '../../contract/topology.ts'
import type { KubeApi } from '../kube/api.ts'
import { readyOf } from '../site/nodes.ts'

/**
 * What happened to standing pods since they were raised, or to their nodes, as a sentence without its full stop; undefined if they are as
 * they were, or if these credentials may not look. A conversation with such a pod says nothing about the network.
 */
export async function mishapOf(api: KubeApi, run: string, pods: readonly StandingPod[]): Promise<string | undefined> {
  const namespaces = [...new Set(pods.map(({ namespace }) => namespace))]
  const names = [...new Set(pods.map(({ node }) => node))]
  const [lists, nodes] = await Promise.all([
    Promise.all(
      namespaces.map((namespace) => api.core.listNamespacedPod({ namespace, labelSelector: runSelector(run) })),
    ),
    Promise.all(names.map((name) => api.core.readNode({ name }).catch(() => undefined))),
  ])
  const found = new Map(lists.flatMap(({ items }) => items).map((pod) => [pod.metadata?.uid, pod]))
  const ofPods = pods.map((pod) => mishapOfPod(pod, found.get(pod.uid)))
  return [...ofPods, ...nodes.map(mishapOfNode)].find((mishap) => mishap !== undefined)
}

function mishapOfPod({ name, node, role }: StandingPod, now: V1Pod | undefined): string | undefined {
  const pod = `pod ${name} on ${node}`
  if (!now) return `${pod} is gone`
  if (now.metadata?.deletionTimestamp) return `${pod} is being deleted`
  const { phase, reason, message, containerStatuses = [] } = now.status ?? {}
  if (phase === 'Failed' || phase === 'Succeeded')
    return `${pod} has ended (${reason ?? phase}${message ? `: ${message}` : ''})`
  // The kubelet restarts a container of this role if its probes are lost, which is the network's doing.
  const restarted = role === 'probed' ? undefined : containerStatuses.find(({ restartCount }) => restartCount > 0)
  if (!restarted) return undefined
  const why = restarted.lastState?.terminated?.reason
  return `container ${restarted.name} of ${pod} has restarted${why ? ` (${why})` : ''}`
}

function mishapOfNode(node: V1Node | undefined): string | undefined {
  const ready = readyOf(node)
  if (!ready || ready.status === 'True') return undefined
  return `node ${node?.metadata?.name} is no longer Ready${ready.message ? ` (${ready.message})` : ''}`
}
