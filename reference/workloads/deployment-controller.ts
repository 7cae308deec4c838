import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { V1PodTemplateSpec } from '@kubernetes/client-node'
import type { Admission } from '../api/admission/admit.ts'
import { createThroughAdmission } from '../api/bootstrap.ts'
import type { ApiStore } from '../api/store.ts'
import type { KubeObject } from '../contract.ts'
import { controllerReference } from '../controller-reference.ts'
import { isOpen } from '../services/backend-changes.ts'
import { collectChanges } from '../services/collect-changes.ts'
import { deploymentStatus } from './deployment-status.ts'
import { asDeployment, asReplicaSet, ownedBy, ownersOf } from './replicas.ts'

const hashLabel = 'pod-template-hash'

/**
 * Keeps a ReplicaSet for the template of every Deployment. When the template changes, the old pods go first (Recreate), or
 * when all new ones are ready.
 */
export function startDeploymentController(admission: Admission): void {
  const { store } = admission
  const changed = collectChanges((namespace, name) => reconcile(admission, namespace, name))
  store.watch('Deployment', ({ object: { metadata } }) => changed(metadata.namespace, metadata.name))
  const setChanged = (set: KubeObject) => {
    for (const name of ownersOf(set, 'Deployment')) changed(set.metadata.namespace, name)
  }
  store.watch('ReplicaSet', ({ object }) => setChanged(object))
  store.watch('Pod', ({ type, object }) => {
    if (type !== 'DELETED') return
    for (const name of ownersOf(object, 'ReplicaSet')) {
      const set = store.get('ReplicaSet', object.metadata.namespace, name)
      if (set) setChanged(set)
    }
  })
}

function reconcile(admission: Admission, namespace: string, name: string): void {
  const { store } = admission
  const deployment = store.get('Deployment', namespace, name)
  if (!deployment || !isOpen(store, namespace)) return
  const { replicas = 1, strategy, template } = asDeployment(deployment).spec
  const sets = ownedBy(store, deployment, 'ReplicaSet')
  const current = sets.find((set) => isDeepStrictEqual(templateOf(set), template))
  const others = sets.filter((set) => set !== current)
  const recreates = strategy?.type === 'Recreate'
  const isFree = !recreates || others.every((set) => ownedBy(store, set, 'Pod').length === 0)
  if (isFree && current) scale(store, current, replicas)
  else if (isFree) createThroughAdmission(admission, newSet(deployment))
  const available = current && (asReplicaSet(current).status?.availableReplicas ?? 0) >= replicas
  if (recreates || available) for (const set of others) scale(store, set, 0)
  store.update('Deployment', namespace, name, (draft) => {
    draft.status = deploymentStatus(asDeployment(draft), current && asReplicaSet(current), others.map(asReplicaSet))
  })
}

function scale(store: ApiStore, { metadata: { namespace, name } }: KubeObject, replicas: number): void {
  store.update('ReplicaSet', namespace, name, (draft) => {
    const { spec } = asReplicaSet(draft)
    if (spec.replicas === replicas) return
    spec.replicas = replicas
    draft.metadata.generation = (draft.metadata.generation ?? 0) + 1
  })
}

/** The template of a Deployment from which a ReplicaSet was made. */
function templateOf(set: KubeObject): V1PodTemplateSpec | undefined {
  const template = structuredClone(asReplicaSet(set).spec.template)
  delete template?.metadata?.labels?.[hashLabel]
  return template
}

function newSet(deployment: KubeObject): KubeObject {
  const { metadata, spec } = asDeployment(deployment)
  const { namespace, name } = metadata
  const hash = createHash('sha256').update(JSON.stringify(spec.template)).digest('hex').slice(0, 10)
  const labels = { ...spec.template.metadata?.labels, [hashLabel]: hash }
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace && { namespace }),
      labels,
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: spec.replicas,
      selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [hashLabel]: hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    },
  }
}
