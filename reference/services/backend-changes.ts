import type { ApiStore } from '../api/store.ts'
import { collectChanges } from './collect-changes.ts'
import { selects } from './endpoints.ts'
import { asService } from './service-objects.ts'

/**
 * Calls back for every Service now, and again when it or a pod of it has changed. Gives a function that asks for one more
 * call.
 */
export function followBackends(store: ApiStore, callback: (namespace: string, name: string) => void) {
  const changed = collectChanges(callback)
  store.watch('Service', ({ object: { metadata } }) => changed(metadata.namespace, metadata.name))
  store.watch('Pod', ({ object, previous }) => {
    for (const service of store.list('Service', object.metadata.namespace).map(asService))
      if ([object, previous].some((pod) => pod && selects(service, pod.metadata.labels)))
        changed(service.metadata.namespace, service.metadata.name)
  })
  for (const { metadata } of store.list('Service')) changed(metadata.namespace, metadata.name)
  return changed
}

/** Whether a namespace is there and stays. In one that ends, nothing new is created. */
export function isOpen(store: ApiStore, namespace: string): boolean {
  const home = store.get('Namespace', undefined, namespace)
  return home !== undefined && !home.metadata.deletionTimestamp
}
