import type {
  V1DaemonSetStatus,
  V1DeploymentStatus,
  V1ReplicaSetSpec,
  V1ReplicaSetStatus,
} from '@kubernetes/client-node'
import type { KubeObject } from '../contract.ts'
import { age, type Column, column, name, none, wide } from './column.ts'

const specOf = (object: KubeObject) => object.spec as V1ReplicaSetSpec
const statusOf = (object: KubeObject) =>
  (object.status ?? {}) as Partial<V1ReplicaSetStatus & V1DeploymentStatus & V1DaemonSetStatus>
const count = (title: string, of: (object: KubeObject) => number | undefined): Column => ({
  ...column(title, (object) => of(object) ?? 0),
  type: 'integer',
})

const containersOf = (object: KubeObject) => specOf(object).template?.spec?.containers ?? []
const template = [
  wide('Containers', (object) =>
    containersOf(object)
      .map((container) => container.name)
      .join(','),
  ),
  wide('Images', (object) =>
    containersOf(object)
      .map(({ image }) => image)
      .join(','),
  ),
  wide('Selector', (object) => {
    const labels = Object.entries(specOf(object).selector.matchLabels ?? {})
    return labels.map(([key, value]) => `${key}=${value}`).join(',') || none
  }),
]

export const replicaSet = [
  name,
  count('Desired', (object) => specOf(object).replicas),
  count('Current', (object) => statusOf(object).replicas),
  count('Ready', (object) => statusOf(object).readyReplicas),
  age,
  ...template,
]

export const daemonSet = [
  name,
  count('Desired', (object) => statusOf(object).desiredNumberScheduled),
  count('Current', (object) => statusOf(object).currentNumberScheduled),
  count('Ready', (object) => statusOf(object).numberReady),
  count('Up-to-date', (object) => statusOf(object).updatedNumberScheduled),
  count('Available', (object) => statusOf(object).numberAvailable),
  age,
  ...template,
]

export const deployment = [
  name,
  column('Ready', (object) => `${statusOf(object).readyReplicas ?? 0}/${specOf(object).replicas}`),
  count('Up-to-date', (object) => statusOf(object).updatedReplicas),
  count('Available', (object) => statusOf(object).availableReplicas),
  age,
  ...template,
]
