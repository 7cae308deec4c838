import type { KubeObject, Store } from './contract.ts'
import { createRecorder } from './kubelet/events.ts'
import { asPod, type Condition, type Pod } from './kubelet/pod.ts'
import { hasEnded, obstacle } from './scheduling-obstacles.ts'
import { timestamp } from './timestamp.ts'

/** Assigns every pod without a node to the fitting node with the fewest pods. When none fits, the pod says why. */
export function startScheduler(store: Store): void {
  const record = createRecorder(store, 'default-scheduler')

  const schedule = (pod: Pod) => {
    const { namespace, name, deletionTimestamp } = pod.metadata
    if (pod.spec.nodeName || deletionTimestamp || pod.status?.phase !== 'Pending') return
    const nodes = store.list('Node')
    const placed = store
      .list('Pod')
      .map(asPod)
      .filter(({ spec }) => spec.nodeName)
    const obstacles = nodes.map((node) => obstacle(pod, node, placed))
    const fitting = nodes.filter((_, index) => !obstacles[index])
    const chosen = fitting.sort((a, b) => load(pod, a, placed) - load(pod, b, placed))[0]?.metadata.name
    const refusal = chosen ? '' : refusalOf(obstacles)
    store.update('Pod', namespace, name, (object) => {
      const changing = asPod(object)
      if (chosen) changing.spec.nodeName = chosen
      setCondition(
        changing,
        chosen ? { status: 'True' } : { status: 'False', reason: 'Unschedulable', message: refusal },
      )
    })
    if (chosen) {
      const message = `Successfully assigned ${namespace}/${name} to ${chosen}`
      record(pod, { type: 'Normal', reason: 'Scheduled', message })
    } else if (!pod.status?.conditions?.some(({ message }) => message === refusal))
      record(pod, { type: 'Warning', reason: 'FailedScheduling', message: refusal })
  }
  const scheduleAll = () => {
    for (const object of store.list('Pod')) schedule(asPod(object))
  }
  store.watch('Pod', ({ type, object }) => {
    const pod = asPod(object)
    // A pod that is gone or has ended leaves room for others.
    if (type === 'DELETED' || hasEnded(pod)) scheduleAll()
    else schedule(pod)
  })
  store.watch('Node', scheduleAll)
  scheduleAll()
}

/** Sets the condition PodScheduled, unless it is False already for the same reason. */
function setCondition(pod: Pod, state: Pick<Condition, 'status' | 'reason' | 'message'>): void {
  const before = pod.status?.conditions ?? []
  const isSame = (old: Condition) =>
    old.type === 'PodScheduled' && old.status === 'False' && state.status === 'False' && old.message === state.message
  if (before.some(isSame)) return
  const condition = { type: 'PodScheduled', lastProbeTime: null, lastTransitionTime: timestamp(), ...state }
  pod.status = {
    ...pod.status,
    conditions: [...before.filter(({ type }) => type !== 'PodScheduled'), condition],
  }
}

/** How full a node is: first with pods that the topology spread constraints of this one select, then with any. */
function load({ spec, metadata }: Pod, node: KubeObject, placed: readonly Pod[]): number {
  const here = placed.filter((other) => other.spec.nodeName === node.metadata.name)
  const wanted = spec.topologySpreadConstraints?.map(({ labelSelector }) => labelSelector?.matchLabels ?? {}) ?? []
  const alike = here.filter(
    ({ metadata: { namespace, labels = {} } }) =>
      namespace === metadata.namespace &&
      wanted.some((selector) => Object.entries(selector).every(([key, value]) => labels[key] === value)),
  )
  return alike.length * 1000 + here.length
}

/** Why no node fits, in the words of Kubernetes. */
function refusalOf(obstacles: readonly (string | undefined)[]): string {
  const reasons = [...new Set(obstacles)].map(
    (reason) => `${obstacles.filter((other) => other === reason).length} ${reason}`,
  )
  const all = `0/${obstacles.length} nodes are available`
  return `${all}: ${reasons.sort().join(', ')}. no new claims to deallocate, preemption: ${all}: ${obstacles.length} Preemption is not helpful for scheduling.`
}
