import type { V1DaemonSet, V1Deployment, V1ReplicaSet } from '@kubernetes/client-node'
import type { ApiStore } from '../api/store.ts'
import type { KubeObject, ObjectMeta } from '../contract.ts'

/** A ReplicaSet as the store keeps it. */
export interface ReplicaSet extends Required<Pick<V1ReplicaSet, 'spec'>>, Pick<V1ReplicaSet, 'status'> {
  metadata: ObjectMeta
}

/** A Deployment as the store keeps it. */
export interface Deployment extends Required<Pick<V1Deployment, 'spec'>>, Pick<V1Deployment, 'status'> {
  metadata: ObjectMeta
}

/** A DaemonSet as the store keeps it. */
export interface DaemonSet extends Required<Pick<V1DaemonSet, 'spec'>>, Pick<V1DaemonSet, 'status'> {
  metadata: ObjectMeta
}

/** An object of kind DaemonSet, typed. */
export const asDaemonSet = (object: KubeObject): DaemonSet => object as unknown as DaemonSet

/** An object of kind ReplicaSet, typed. */
export const asReplicaSet = (object: KubeObject): ReplicaSet => object as unknown as ReplicaSet

/** An object of kind Deployment, typed. */
export const asDeployment = (object: KubeObject): Deployment => object as unknown as Deployment

/** The objects of a kind that an object owns. */
export const ownedBy = (store: ApiStore, { metadata: { namespace, uid } }: KubeObject, kind: string): KubeObject[] =>
  store.list(kind, namespace).filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid))

/** The names of an object's owners of a kind. */
export const ownersOf = ({ metadata: { ownerReferences = [] } }: KubeObject, kind: string): string[] =>
  ownerReferences.filter((owner) => owner.kind === kind).map(({ name }) => name)
