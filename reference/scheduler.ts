import type { KubeObject, Store } from './contract.ts'
import { createRecorder } from './kubelet/events.ts'
import { asPod, type Condition, type NodeTerm, type Pod, type Requirement } from './kubelet/pod.ts'
import { isEverywhere } from './network/host-ports.ts'
import { timestamp } from './timestamp.ts'

interface NodeSpec {
  unschedulable?: boolean
  taints?: { key: string; value?: string; effect: string }[]
}

/** Gives every pod that names no node the fitting one with the fewest pods, and says why when none fits. */
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
    const message = chosen ? '' : refusal(obstacles)
    store.update('Pod', namespace, name, (object) => {
      const changing = asPod(object)
      if (chosen) changing.spec.nodeName = chosen
      const condition: Condition = {
        ...{ type: 'PodScheduled', lastProbeTime: null, lastTransitionTime: timestamp() },
        ...(chosen ? { status: 'True' } : { status: 'False', reason: 'Unschedulable', message }),
      }
      const before = changing.status?.conditions ?? []
      const same = before.some(
        (old) => old.type === 'PodScheduled' && old.message === message && old.status === 'False',
      )
      if (!same || chosen)
        changing.status = {
          ...changing.status,
          conditions: [...before.filter(({ type }) => type !== 'PodScheduled'), condition],
        }
    })
    if (chosen) record(pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${chosen}`)
    else if (!pod.status?.conditions?.some((condition) => condition.message === message))
      record(pod, 'Warning', 'FailedScheduling', message)
  }
  const scheduleAll = () => {
    for (const object of store.list('Pod')) schedule(asPod(object))
  }
  store.watch('Pod', ({ type, object }) => {
    const pod = asPod(object)
    // One that is gone or has ended leaves room.
    if (type === 'DELETED' || hasEnded(pod)) scheduleAll()
    else schedule(pod)
  })
  store.watch('Node', scheduleAll)
  scheduleAll()
}

/** Why a pod cannot run on a node; undefined when it can. */
function obstacle(pod: Pod, { metadata, spec = {}, status }: KubeObject, placed: readonly Pod[]): string | undefined {
  const { unschedulable, taints = [] } = spec as NodeSpec
  const tolerated = ({ key, value, effect }: { key: string; value?: string; effect: string }) =>
    (pod.spec.tolerations ?? []).some(
      (toleration) =>
        (!toleration.key || toleration.key === key) &&
        (!toleration.effect || toleration.effect === effect) &&
        (toleration.operator === 'Exists' || (toleration.value ?? '') === (value ?? '')),
    )
  if (unschedulable && !tolerated({ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }))
    return 'node(s) were unschedulable'
  if (taints.some((taint) => taint.effect !== 'PreferNoSchedule' && !tolerated(taint)))
    return 'node(s) had untolerated taint(s)'
  const labels = metadata.labels ?? {}
  const selected = Object.entries(pod.spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  if (!selected || (terms && !terms.some((term) => matches(term, labels, metadata.name))))
    return "node(s) didn't match Pod's node affinity/selector"
  const there = placed.filter((other) => other.spec.nodeName === metadata.name && !hasEnded(other))
  const { pods: room } = (status as { allocatable?: Record<string, string> } | undefined)?.allocatable ?? {}
  if (room !== undefined && there.length >= Number(room)) return 'Too many pods'
  const taken = there.flatMap(portsOf)
  return portsOf(pod).some((port) => taken.some((other) => clash(port, other)))
    ? "node(s) didn't have free ports for the requested pod ports"
    : undefined
}

const hasEnded = ({ status }: Pod) => ['Succeeded', 'Failed'].includes(status?.phase ?? '')

function matches({ matchExpressions = [], matchFields = [] }: NodeTerm, labels: Record<string, string>, name: string) {
  return (
    matchExpressions.every((requirement) => meets(requirement, labels[requirement.key])) &&
    matchFields.every((requirement) => meets(requirement, name))
  )
}

function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return Number(value) > Number(values[0])
    case 'Lt':
      return Number(value) < Number(values[0])
  }
  return false
}

/** How full a node is: first with pods that this one shall be spread among, then with any. */
function load({ spec, metadata }: Pod, node: KubeObject, placed: readonly Pod[]): number {
  const there = placed.filter((other) => other.spec.nodeName === node.metadata.name)
  const wanted = spec.topologySpreadConstraints?.map(({ labelSelector }) => labelSelector?.matchLabels ?? {}) ?? []
  const alike = there.filter(
    ({ metadata: { namespace, labels = {} } }) =>
      namespace === metadata.namespace &&
      wanted.some((selector) => Object.entries(selector).every(([key, value]) => labels[key] === value)),
  )
  return alike.length * 1000 + there.length
}

interface HostPort {
  port: number
  protocol: string
  /** Absent: on every address of the node. */
  ip?: string
}

const portsOf = ({ spec }: Pod): HostPort[] =>
  spec.containers
    .flatMap(({ ports = [] }) => ports)
    .flatMap(({ hostPort, hostIP: ip, protocol = 'TCP' }) =>
      hostPort ? [{ port: hostPort, protocol, ...(ip && !isEverywhere(ip) && { ip }) }] : [],
    )

const clash = (a: HostPort, b: HostPort) =>
  a.port === b.port && a.protocol === b.protocol && (!a.ip || !b.ip || a.ip === b.ip)

function refusal(obstacles: readonly (string | undefined)[]): string {
  const reasons = [...new Set(obstacles)].map(
    (reason) => `${obstacles.filter((other) => other === reason).length} ${reason}`,
  )
  const all = `0/${obstacles.length} nodes are available`
  return `${all}: ${reasons.sort().join(', ')}. no new claims to deallocate, preemption: ${all}: ${obstacles.length} Preemption is not helpful for scheduling.`
}
