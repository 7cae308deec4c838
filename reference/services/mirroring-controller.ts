import type { V1EndpointSubset } from '@kubernetes/client-node'
import type { ApiStore } from '../api/store.ts'
import { isOpen } from './backend-changes.ts'
import { collectChanges } from './collect-changes.ts'
import { hasSelector } from './endpoints.ts'
import { keepSlices, removeSlices } from './managed-slices.ts'
import { asService, serviceLabel, skipMirrorLabel } from './service-objects.ts'
import { mirrored } from './subsets.ts'

const manager = 'endpointslicemirroring-controller.k8s.io'

/** Copies the Endpoints that a client wrote for a Service without a selector to EndpointSlices, which proxies read. */
export function startMirroringController(store: ApiStore): void {
  const changed = collectChanges((namespace, name) => reconcile(store, namespace, name))
  for (const kind of ['Service', 'Endpoints'])
    store.watch(kind, ({ object: { metadata } }) => changed(metadata.namespace, metadata.name))
  store.watch('EndpointSlice', ({ type, object: { metadata } }) => {
    if (type === 'DELETED') changed(metadata.namespace, metadata.labels?.[serviceLabel])
  })
}

function reconcile(store: ApiStore, namespace: string, name: string): void {
  if (!isOpen(store, namespace)) return
  const service = store.get('Service', namespace, name)
  const endpoints = store.get('Endpoints', namespace, name)
  const owner = { manager, namespace, service: name }
  const skips = endpoints?.metadata.labels?.[skipMirrorLabel] === 'true'
  if (!service || !endpoints || skips || hasSelector(asService(service))) return void removeSlices(store, owner)
  keepSlices(store, owner, endpoints, mirrored((endpoints.subsets ?? []) as V1EndpointSubset[]))
}
