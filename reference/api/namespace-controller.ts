import type { KubeObject } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { deleteObject } from './delete.ts'
import { kinds } from './kinds.ts'
import type { ApiStore } from './store.ts'

/**
 * Gives every new namespace its ConfigMap `kube-root-ca.crt` and its default ServiceAccount, and empties and removes a
 * namespace that is deleted. Gives the function that stops it.
 */
export function startNamespaceController({ store, certificates }: Omit<Admission, 'serviceCidrs'>): () => void {
  const stops = kinds.map(({ kind }) =>
    store.watch(kind, ({ type, object }) => {
      const { name, namespace, deletionTimestamp } = object.metadata
      if (type === 'ADDED') deleteIfLate(store, object)
      if (type === 'DELETED') removeIfEmpty(store, namespace)
      if (kind !== 'Namespace') return
      if (type === 'ADDED') createDefaults(store, name, certificates.authority)
      else if (type === 'MODIFIED' && deletionTimestamp) empty(store, name)
    }),
  )
  return () => {
    for (const stop of stops) stop()
  }
}

function createDefaults(store: ApiStore, namespace: string, authority: string): void {
  const typed = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { namespace, name } })
  if (!store.get('ConfigMap', namespace, 'kube-root-ca.crt'))
    store.create({ ...typed('ConfigMap', 'kube-root-ca.crt'), data: { 'ca.crt': authority } })
  if (!store.get('ServiceAccount', namespace, 'default')) store.create(typed('ServiceAccount', 'default'))
}

const contentsOf = (store: ApiStore, namespace: string) =>
  store.all().filter(({ metadata }) => metadata.namespace === namespace)

function empty(store: ApiStore, namespace: string): void {
  for (const object of contentsOf(store, namespace)) deleteObject(store, object, { propagationPolicy: 'Background' })
  removeIfEmpty(store, namespace)
}

function removeIfEmpty(store: ApiStore, namespace: string | undefined): void {
  if (namespace === undefined) return
  const found = store.get('Namespace', undefined, namespace)
  if (!found?.metadata.deletionTimestamp || found.metadata.finalizers?.length) return
  if (contentsOf(store, namespace).length === 0) store.remove('Namespace', undefined, namespace)
}

/**
 * Deletes an object whose namespace is terminating or gone. A kubelet still writes events then, and they would keep it.
 */
function deleteIfLate(store: ApiStore, object: KubeObject): void {
  const { namespace } = object.metadata
  if (namespace === undefined) return
  const home = store.get('Namespace', undefined, namespace)
  if (!home || home.metadata.deletionTimestamp) deleteObject(store, object)
}
