import type { KubeObject } from './contract.ts'
import type { NodeTerm, Pod, Requirement } from './kubelet/pod.ts'
import { isFinal } from './kubelet/pod-status.ts'
import { isEverywhere } from './network/host-ports.ts'

interface Taint {
  key: string
  value?: string
  effect: string
}

/**
 * Why a pod cannot run on a node, in the words of Kubernetes; undefined when it can. `placed` are all pods with a node.
 */
export function obstacle(pod: Pod, node: KubeObject, placed: readonly Pod[]): string | undefined {
  const { unschedulable, taints = [] } = (node.spec ?? {}) as { unschedulable?: boolean; taints?: Taint[] }
  if (unschedulable && !tolerates(pod, { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }))
    return 'node(s) were unschedulable'
  if (taints.some((taint) => taint.effect !== 'PreferNoSchedule' && !tolerates(pod, taint)))
    return 'node(s) had untolerated taint(s)'
  if (!selects(pod, node)) return "node(s) didn't match Pod's node affinity/selector"
  const here = placed.filter((other) => other.spec.nodeName === node.metadata.name && !hasEnded(other))
  const { allocatable = {} } = (node.status ?? {}) as { allocatable?: Record<string, string> }
  if (allocatable.pods !== undefined && here.length >= Number(allocatable.pods)) return 'Too many pods'
  const taken = here.flatMap(portsOf)
  return portsOf(pod).some((port) => taken.some((other) => clash(port, other)))
    ? "node(s) didn't have free ports for the requested pod ports"
    : undefined
}

/** Whether all containers of a pod have ended for good. */
export const hasEnded = ({ status }: Pod): boolean => isFinal(status?.phase)

function tolerates({ spec: { tolerations = [] } }: Pod, { key, value, effect }: Taint): boolean {
  return tolerations.some(
    (toleration) =>
      (!toleration.key || toleration.key === key) &&
      (!toleration.effect || toleration.effect === effect) &&
      (toleration.operator === 'Exists' || (toleration.value ?? '') === (value ?? '')),
  )
}

/** Whether a pod's nodeSelector and its required node affinity match a node. */
function selects({ spec }: Pod, { metadata: { name, labels = {} } }: KubeObject): boolean {
  const isSelected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return isSelected && (!terms || terms.some((term) => matches(term, labels, name)))
}

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

interface HostPort {
  port: number
  protocol: string
  /** Undefined for every address of the node. */
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
