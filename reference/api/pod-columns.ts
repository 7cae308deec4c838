import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node'
import type { KubeObject } from '../contract.ts'
import { age, ageOf, column, name, none, wide } from './column.ts'

const podOf = (object: KubeObject) => object as unknown as V1Pod
const sidecarsOf = ({ spec }: V1Pod) =>
  new Set((spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name))

function sidecarStatuses(pod: V1Pod): V1ContainerStatus[] {
  const sidecars = sidecarsOf(pod)
  return (pod.status?.initContainerStatuses ?? []).filter((status) => sidecars.has(status.name))
}

function ready(object: KubeObject): string {
  const pod = podOf(object)
  const statuses = [...(pod.status?.containerStatuses ?? []), ...sidecarStatuses(pod)]
  const all = (pod.spec?.containers.length ?? 0) + sidecarsOf(pod).size
  return `${statuses.filter((status) => status.ready && status.state?.running).length}/${all}`
}

function restarts(object: KubeObject): string {
  const pod = podOf(object)
  const statuses = [...(pod.status?.containerStatuses ?? []), ...sidecarStatuses(pod)]
  const count = statuses.reduce((sum, status) => sum + status.restartCount, 0)
  const times = statuses.map((status) => String(status.lastState?.terminated?.finishedAt ?? '')).sort()
  const last = times.at(-1)
  return count > 0 && last ? `${count} (${ageOf(last)} ago)` : String(count)
}

/** The reason that a container waits or has ended; undefined while it runs. */
function reasonOf({ state }: V1ContainerStatus): string | undefined {
  if (state?.waiting?.reason) return state.waiting.reason
  if (!state?.terminated) return undefined
  const { reason, signal, exitCode } = state.terminated
  return reason || (signal ? `Signal:${signal}` : `ExitCode:${exitCode}`)
}

function initReason(pod: V1Pod): string | undefined {
  const sidecars = sidecarsOf(pod)
  const statuses = pod.status?.initContainerStatuses ?? []
  const index = statuses.findIndex(({ name, state, started }) =>
    sidecars.has(name) ? !started : state?.terminated?.exitCode !== 0,
  )
  const status = statuses[index]
  if (!status) return undefined
  const why = reasonOf(status)
  return why && why !== 'PodInitializing' ? `Init:${why}` : `Init:${index}/${pod.spec?.initContainers?.length ?? 0}`
}

function statusWord(object: KubeObject): string {
  const pod = podOf(object)
  if (pod.metadata?.deletionTimestamp) return 'Terminating'
  const init = initReason(pod)
  if (init) return init
  const statuses = pod.status?.containerStatuses ?? []
  const word = statuses.map(reasonOf).find(Boolean) ?? pod.status?.reason ?? pod.status?.phase ?? 'Unknown'
  if (word !== 'Completed' || !statuses.some((status) => status.ready && status.state?.running)) return word
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')
    ? 'Running'
    : 'NotReady'
}

function readinessGates(object: KubeObject): string {
  const { spec, status } = podOf(object)
  const gates = spec?.readinessGates ?? []
  const met = gates.filter((gate) =>
    status?.conditions?.some((c) => c.type === gate.conditionType && c.status === 'True'),
  )
  return gates.length ? `${met.length}/${gates.length}` : none
}

export const podColumns = [
  name,
  column('Ready', ready),
  column('Status', statusWord),
  column('Restarts', restarts),
  age,
  wide('IP', (object) => podOf(object).status?.podIP || none),
  wide('Node', (object) => podOf(object).spec?.nodeName || none),
  wide('Nominated Node', (object) => podOf(object).status?.nominatedNodeName || none),
  wide('Readiness Gates', readinessGates),
]
