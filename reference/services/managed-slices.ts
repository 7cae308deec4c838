import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { ApiStore } from '../api/store.ts'
import type { KubeObject } from '../contract.ts'
import { controllerReference } from '../controller-reference.ts'
import type { Content } from './endpoints.ts'
import { asSlice, type Slice, serviceLabel } from './service-objects.ts'

/** The label of an EndpointSlice that names the controller that keeps it. */
const managedBy = 'endpointslice.kubernetes.io/managed-by'

/** Which slices a controller keeps: those of one Service that name this controller. */
export interface SliceOwner {
  readonly manager: string
  readonly namespace: string
  readonly service: string
}

/** Makes the slices of an owner have these contents. `source` is the object that they belong to. */
export function keepSlices(store: ApiStore, owner: SliceOwner, source: KubeObject, contents: readonly Content[]): void {
  const unused = slicesOf(store, owner)
  for (const content of contents) {
    const hasSamePorts = ({ ports }: Slice) => isDeepStrictEqual(ports, content.ports)
    const slice = take(unused, content, hasSamePorts) ?? take(unused, content, isEmpty)
    if (slice) replaceContent(store, slice, content)
    else store.create(newSlice(owner, source, content))
  }
  remove(store, unused)
}

/** Removes all slices of an owner. */
export const removeSlices = (store: ApiStore, owner: SliceOwner): void => remove(store, slicesOf(store, owner))

const remove = (store: ApiStore, slices: readonly Slice[]) => {
  for (const { metadata } of slices) store.remove('EndpointSlice', metadata.namespace, metadata.name)
}

const slicesOf = (store: ApiStore, { manager, namespace, service }: SliceOwner): Slice[] =>
  store
    .list('EndpointSlice', namespace)
    .map(asSlice)
    .filter(({ metadata: { labels = {} } }) => labels[serviceLabel] === service && labels[managedBy] === manager)

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

function newSlice({ manager, namespace, service }: SliceOwner, source: KubeObject, content: Content) {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${service}-${randomBytes(3).toString('hex').slice(1)}`,
      generateName: `${service}-`,
      ...(namespace && { namespace }),
      generation: 1,
      labels: { [serviceLabel]: service, [managedBy]: manager },
      ownerReferences: [controllerReference(source)],
    },
    ...content,
  }
}
