import type { KubeObject } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { deleteObject } from './delete.ts'
import { kinds } from './kinds.ts'

/** Keeps what follows from other objects: a namespace's furniture, its end, and the end of what a deleted object owned. */
export function startCollector({ store, certificates }: Admission): () => void {
  const contents = (namespace: string) => store.all().filter(({ metadata }) => metadata.namespace === namespace)

  function furnish(namespace: string): void {
    const typed = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { namespace, name } })
    if (!store.get('ConfigMap', namespace, 'kube-root-ca.crt'))
      store.create({ ...typed('ConfigMap', 'kube-root-ca.crt'), data: { 'ca.crt': certificates.authority } })
    if (!store.get('ServiceAccount', namespace, 'default')) store.create(typed('ServiceAccount', 'default'))
  }

  function empty(namespace: string): void {
    for (const object of contents(namespace)) deleteObject(store, object, { propagationPolicy: 'Background' })
    removeIfEmpty(namespace)
  }

  function removeIfEmpty(namespace: string | undefined): void {
    if (namespace === undefined) return
    const found = store.get('Namespace', undefined, namespace)
    if (!found?.metadata.deletionTimestamp || found.metadata.finalizers?.length) return
    if (contents(namespace).length === 0) store.remove('Namespace', undefined, namespace)
  }

  // A kubelet still says what it does while the namespace goes; that must not keep it from going.
  function dropLate(object: KubeObject): void {
    const { namespace } = object.metadata
    if (namespace === undefined) return
    const home = store.get('Namespace', undefined, namespace)
    if (!home || home.metadata.deletionTimestamp) deleteObject(store, object)
  }

  function collect({ metadata: { uid } }: KubeObject): void {
    for (const object of store.all()) {
      const owners = object.metadata.ownerReferences ?? []
      if (!owners.some((owner) => owner.uid === uid)) continue
      const alive = owners.filter((owner) => owner.uid !== uid && isAlive(owner.uid))
      if (alive.length === 0) deleteObject(store, object)
    }
  }

  const isAlive = (uid: string) => store.all().some(({ metadata }) => metadata.uid === uid)

  const stops = kinds.map(({ kind }) =>
    store.watch(kind, ({ type, object }) => {
      const { name, namespace, deletionTimestamp } = object.metadata
      if (type === 'ADDED') dropLate(object)
      if (type === 'DELETED') {
        collect(object)
        removeIfEmpty(namespace)
      }
      if (kind !== 'Namespace') return
      if (type === 'ADDED') furnish(name)
      else if (type === 'MODIFIED' && deletionTimestamp) empty(name)
    }),
  )
  return () => {
    for (const stop of stops) stop()
  }
}
