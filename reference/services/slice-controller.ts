import type { ApiStore } from '../api/store.ts'
import { asPod } from '../kubelet/pod.ts'
import { followBackends, isOpen } from './backend-changes.ts'
import { contentsOf, hasSelector } from './endpoints.ts'
import { keepSlices } from './managed-slices.ts'
import { asService, serviceLabel, zoneLabel } from './service-objects.ts'

const manager = 'endpointslice-controller.k8s.io'

/** Keeps the EndpointSlices of every Service with a selector. Slices of another manager are left alone. */
export function startSliceController(store: ApiStore): void {
  const changed = followBackends(store, (namespace, name) => reconcile(store, namespace, name))
  store.watch('EndpointSlice', ({ type, object: { metadata } }) => {
    if (type === 'DELETED') changed(metadata.namespace, metadata.labels?.[serviceLabel])
  })
}

function reconcile(store: ApiStore, namespace: string, name: string): void {
  const found = store.get('Service', namespace, name)
  if (!found || !isOpen(store, namespace) || !hasSelector(asService(found))) return
  const zones = new Map(store.list('Node').map((node) => [node.metadata.name, node.metadata.labels?.[zoneLabel] ?? '']))
  const contents = contentsOf(asService(found), store.list('Pod', namespace).map(asPod), zones)
  keepSlices(store, { manager, namespace, service: name }, found, contents)
}
