import { isDeepStrictEqual } from 'node:util'
import type { ApiStore } from '../api/store.ts'
import type { KubeObject } from '../contract.ts'
import { asPod } from '../kubelet/pod.ts'
import { followBackends, isOpen } from './backend-changes.ts'
import { contentsOf, hasSelector } from './endpoints.ts'
import { asService } from './service-objects.ts'
import { subsetsOf } from './subsets.ts'

/** Keeps the Endpoints of every Service with a selector, and removes those of a Service that is gone. */
export function startEndpointsController(store: ApiStore): void {
  const changed = followBackends(store, (namespace, name) => reconcile(store, namespace, name))
  store.watch('Endpoints', ({ type, object: { metadata } }) => {
    if (type === 'DELETED') changed(metadata.namespace, metadata.name)
  })
}

function reconcile(store: ApiStore, namespace: string, name: string): void {
  const service = store.get('Service', namespace, name)
  if (!service) return void store.remove('Endpoints', namespace, name)
  const { spec } = asService(service)
  if (!isOpen(store, namespace) || spec.type === 'ExternalName' || !hasSelector(asService(service))) return
  const contents = contentsOf(asService(service), store.list('Pod', namespace).map(asPod), new Map())
  const wanted = { subsets: subsetsOf(asService(service), contents) }
  const labels = labelsOf(service)
  const known = store.get('Endpoints', namespace, name)
  if (!known) store.create({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name, namespace, labels }, ...wanted })
  else if (!isDeepStrictEqual([known.subsets, known.metadata.labels], [wanted.subsets, labels]))
    store.update('Endpoints', namespace, name, (object) => {
      object.metadata.labels = labels
      Object.assign(object, wanted)
    })
}

const labelsOf = (service: KubeObject) => ({
  ...service.metadata.labels,
  ...(asService(service).spec.clusterIP === 'None' && { 'service.kubernetes.io/headless': '' }),
  'endpoints.kubernetes.io/managed-by': 'endpoint-controller',
})
