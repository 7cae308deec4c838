import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ApiStore } from '../api/store.ts'
import { asPod } from '../kubelet/pod.ts'
import { type Content, contentsOf, selects } from './endpoints.ts'
import { asService, asSlice, type Service, type Slice, serviceLabel, zoneLabel } from './service-objects.ts'

const managedBy = 'endpointslice.kubernetes.io/managed-by'
const manager = 'endpointslice-controller.k8s.io'

/** Keeps the EndpointSlices of every Service that selects pods; those that somebody else made are left alone. */
export function startSlices(store: ApiStore): void {
  const waiting = new Map<string, () => void>()
  // All that changes in one go is written once.
  const touch = (namespace = '', name = '') => {
    if (waiting.size === 0)
      setImmediate(() => {
        const all = [...waiting.values()]
        waiting.clear()
        for (const each of all) each()
      })
    waiting.set(`${namespace}/${name}`, () => reconcile(store, namespace, name))
  }
  store.watch('Service', ({ object: { metadata } }) => touch(metadata.namespace, metadata.name))
  store.watch('Pod', ({ object, previous }) => {
    for (const service of store.list('Service', object.metadata.namespace).map(asService))
      if ([object, previous].some((pod) => pod && selects(service, pod.metadata.labels)))
        touch(service.metadata.namespace, service.metadata.name)
  })
  store.watch('EndpointSlice', ({ type, object: { metadata } }) => {
    if (type === 'DELETED') touch(metadata.namespace, metadata.labels?.[serviceLabel])
  })
  for (const { metadata } of store.list('Service')) touch(metadata.namespace, metadata.name)
}

function reconcile(store: ApiStore, namespace: string, name: string): void {
  const found = store.get('Service', namespace, name)
  const home = store.get('Namespace', undefined, namespace)
  if (!found || !home || home.metadata.deletionTimestamp) return
  const service = asService(found)
  if (Object.keys(service.spec.selector ?? {}).length === 0) return
  const zones = new Map(store.list('Node').map((node) => [node.metadata.name, node.metadata.labels?.[zoneLabel] ?? '']))
  const wanted = contentsOf(service, store.list('Pod', namespace).map(asPod), zones)
  const own = store.list('EndpointSlice', namespace).map(asSlice).filter(isOwn(name))
  for (const content of wanted) {
    const slice =
      take(own, ({ ports }) => isDeepStrictEqual(ports, content.ports), content) ?? take(own, isEmpty, content)
    if (!slice) store.create(newSlice(service, content))
    else
      store.update('EndpointSlice', namespace, slice.metadata.name, (object) => {
        const changed = !isDeepStrictEqual([object.endpoints, object.ports], [content.endpoints, content.ports])
        Object.assign(object, content)
        if (changed) object.metadata.generation = (object.metadata.generation ?? 0) + 1
      })
  }
  for (const slice of own) store.remove('EndpointSlice', namespace, slice.metadata.name)
}

const isOwn =
  (service: string) =>
  ({ metadata: { labels = {} } }: Slice): boolean =>
    labels[serviceLabel] === service && labels[managedBy] === manager

const isEmpty = ({ endpoints }: Slice) => (endpoints ?? []).length === 0

/** Takes the slice that goes on with other endpoints out of those that are left. */
function take(left: Slice[], fits: (slice: Slice) => boolean, { addressType }: Content): Slice | undefined {
  const place = left.findIndex((slice) => slice.addressType === addressType && fits(slice))
  return place < 0 ? undefined : left.splice(place, 1)[0]
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
