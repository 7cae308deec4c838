import type { Admission } from '../api/admission/admit.ts'
import { deleteObject } from '../api/delete.ts'
import { StatusError } from '../api/status.ts'
import type { KubeObject } from '../contract.ts'
import { asPod, type Pod } from '../kubelet/pod.ts'
import { isFinal, isReady } from '../kubelet/pod-status.ts'
import { isOpen } from '../services/backend-changes.ts'
import { collectChanges } from '../services/collect-changes.ts'
import { createFromTemplate } from './from-template.ts'
import { asReplicaSet, ownedBy, ownersOf } from './replicas.ts'

/** Keeps as many pods of every ReplicaSet as it asks for. A pod belongs to it by its owner, and not by its labels alone. */
export function startReplicaSetController(admission: Admission): void {
  const { store } = admission
  const changed = collectChanges((namespace, name) => reconcile(admission, namespace, name))
  store.watch('ReplicaSet', ({ object: { metadata } }) => changed(metadata.namespace, metadata.name))
  store.watch('Pod', ({ object }) => {
    for (const name of ownersOf(object, 'ReplicaSet')) changed(object.metadata.namespace, name)
  })
}

function reconcile(admission: Admission, namespace: string, name: string): void {
  const { store } = admission
  const set = store.get('ReplicaSet', namespace, name)
  if (!set || !isOpen(store, namespace)) return
  const { replicas = 1 } = asReplicaSet(set).spec
  const pods = ownedBy(store, set, 'Pod').filter((pod) => isActive(asPod(pod)))
  const ready = pods.filter((pod) => isReady(asPod(pod)))
  const failure = createPods(admission, set, replicas - pods.length)
  const surplus = Math.max(0, pods.length - replicas)
  const leastUseful = pods.toSorted((a, b) => Number(ready.includes(a)) - Number(ready.includes(b)))
  for (const pod of leastUseful.slice(0, surplus)) deleteObject(store, pod)
  store.update('ReplicaSet', namespace, name, (draft) => {
    draft.status = {
      ...{ replicas: pods.length, fullyLabeledReplicas: pods.length },
      ...{ readyReplicas: ready.length, availableReplicas: ready.length },
      observedGeneration: draft.metadata.generation,
      ...(failure && { conditions: [failure] }),
    }
  })
}

/** Creates pods. Gives the condition that says why one could not be created. */
function createPods(admission: Admission, set: KubeObject, count: number) {
  const { template } = asReplicaSet(set).spec
  try {
    for (let made = 0; made < count; made++)
      createFromTemplate(admission, set, template, structuredClone(template?.spec))
    return undefined
  } catch (error) {
    if (!(error instanceof StatusError)) throw error
    return { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: error.message }
  }
}

const isActive = ({ metadata, status }: Pod) => !metadata.deletionTimestamp && !isFinal(status?.phase)
