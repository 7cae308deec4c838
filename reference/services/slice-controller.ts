import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ApiStore } from '../api/store.ts'
import { asPod } from '../kubelet/pod.ts'
import { type Content, contentsOf, selects } from './endpoints.ts'
import { asService, asSlice, type Service, type Slice, serviceLabel, zoneLabel } from './service-objects.ts'

const managedBy = 'endpointslice.kubernetes.io/managed-by'
const manager = 'endpointslice-controller.k8s.io'

/** Keeps the EndpointSlices of every Service with a selector. Slices of another manager are left alone. */
export function startSliceController(store: ApiStore): void {
  const changed = collectChanges((namespace, name) => reconcile(store, namespace, name))
  store.watch('Service', ({ object: { metadata } }) => changed(metadata.namespace, metadata.name))
  store.watch('Pod', ({ object, previous }) => {
    for (const service of store.list('Service', object.metadata.namespace).map(asService))
      if ([object, previous].some((pod) => pod && selects(service, pod.metadata.labels)))
        changed(service.metadata.namespace, service.metadata.name)
  })
  store.watch('EndpointSlice', ({ type, object: { metadata } }) => {
    if (type === 'DELETED') changed(metadata.namespace, metadata.labels?.[serviceLabel])
  })
  for (const { metadata } of store.list('Service')) changed(metadata.namespace, metadata.name)
}

/** Calls back once for each name that was given during one turn of the event loop. */
function collectChanges(callback: (namespace: string, name: string) => void) {
  const waiting = new Map<string, () => void>()
  return (namespace = '', name = ''): void => {
    if (waiting.size === 0)
      setImmediate(() => {
        const all = [...waiting.values()]
        waiting.clear()
        for (const each of all) each()
      })
    waiting.set(`${namespace}/${name}`, () => callback(namespace, name))
  }
}

function reconcile(store: ApiStore, namespace: string, name: string): void {
  const found = store.get('Service', namespace, name)
  const home = store.get('Namespace', undefined, namespace)
  if (!found || !home || home.metadata.deletionTimestamp) return
  const service = asService(found)
  if (Object.keys(service.spec.selector ?? {}).length === 0) return
  const zones = new Map(store.list('Node').map((node) => [node.metadata.name, node.metadata.labels?.[zoneLabel] ?? '']))
  const wanted = contentsOf(service, store.list('Pod', namespace).map(asPod), zones)
  const unused = store.list('EndpointSlice', namespace).map(asSlice).filter(isOwn(name))
  for (const content of wanted) {
    const hasSamePorts = ({ ports }: Slice) => isDeepStrictEqual(ports, content.ports)
    const slice = take(unused, content, hasSamePorts) ?? take(unused, content, isEmpty)
    if (slice) replaceContent(store, slice, content)
    else store.create(newSlice(service, content))
  }
  for (const slice of unused) store.remove('EndpointSlice', namespace, slice.metadata.name)
}

const isOwn =
  (service: string) =>
  ({ metadata: { labels = {} } }: Slice): boolean =>
    labels[serviceLabel] === service && labels[managedBy] === manager

const isEmpty = ({ endpoints }: Slice) => (endpoints ?? []).length === 0

/** Removes a slice that can take the content from the unused ones, and gives it. */
function take(unused: Slice[], { addressType }: Content, fits: (slice: Slice) => boolean): Slice | undefined {
  const index = unused.findIndex((slice) => slice.addressType === addressType && fits(slice))
  return index < 0 ? undefined : unused.splice(index, 1)[0]
}

function replaceContent(store: ApiStore, { metadata: { namespace, name } }: Slice, content: Content): void {
  store.update('EndpointSlice', namespace, name, (object) => {
    const changed = !isDeepStrictEqual([object.endpoints, object.ports], [content.endpoints, content.ports])
    Object.assign(object, content)
    if (changed) object.metadata.generation = (object.metadata.generation ?? 0) + 1
  })
}

function newSlice({ metadata: { name, namespace, uid = '' } }: Service, content: Content) {
  const owner = { apiVersion: 'v1', kind: 'Service', name, uid, controller: true, blockOwnerDeletion: true }
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${randomBytes(3).toString('hex').slice(1)}`,
      generateName: `${name}-`,
      ...(namespace && { namespace }),
      generation: 1,
      labels: { [serviceLabel]: name, [managedBy]: manager },
      ownerReferences: [owner],
    },
    ...content,
  }
}
