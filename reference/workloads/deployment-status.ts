import type { V1DeploymentCondition, V1ReplicaSetStatus } from '@kubernetes/client-node'
import { timestamp } from '../timestamp.ts'
import type { Deployment, ReplicaSet } from './replicas.ts'

type Count = 'replicas' | 'readyReplicas' | 'availableReplicas'
type Condition = Pick<V1DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>

/** The status of a Deployment: the pods of its ReplicaSet, and those of the earlier ones. */
export function deploymentStatus(
  { metadata, spec, status }: Deployment,
  current: ReplicaSet | undefined,
  others: ReplicaSet[],
) {
  const all = [...(current ? [current] : []), ...others].map((set) => set.status)
  const sum = (field: Count) => all.reduce((total, one) => total + ((one as V1ReplicaSetStatus)?.[field] ?? 0), 0)
  const replicas = sum('replicas')
  const availableReplicas = sum('availableReplicas')
  const updatedReplicas = current?.status?.replicas ?? 0
  const wanted = spec.replicas ?? 1
  const isComplete = [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted)
  const conditions = [availability(availableReplicas >= wanted), progress(isComplete)]
  return {
    ...{ observedGeneration: metadata.generation, replicas, updatedReplicas, availableReplicas },
    readyReplicas: sum('readyReplicas'),
    unavailableReplicas: Math.max(0, wanted - availableReplicas),
    conditions: conditions.map((condition) => dated(condition, status?.conditions)),
  }
}

const availability = (isAvailable: boolean): Condition =>
  isAvailable
    ? {
        ...{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
        message: 'Deployment has minimum availability.',
      }
    : {
        ...{ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' },
        message: 'Deployment does not have minimum availability.',
      }

const progress = (isComplete: boolean): Condition =>
  isComplete
    ? {
        ...{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
        message: 'The ReplicaSet has successfully progressed.',
      }
    : {
        ...{ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' },
        message: 'The ReplicaSet is progressing.',
      }

/** A condition with its times: those of before, when it is the same. */
function dated(condition: Condition, before: readonly Condition[] = []) {
  const old = before.find(({ type }) => type === condition.type)
  if (old?.reason === condition.reason) return old
  return { ...condition, lastUpdateTime: timestamp(), lastTransitionTime: timestamp() }
}
