import type { IncomingMessage } from 'node:http'
import type { V1PodSpec, V1PodStatus } from '@kubernetes/client-node'
import type { KubeObject } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import { listPage } from './list.ts'
import { bodyObject, isDryRun, type RequestInfo } from './request.ts'
import { conflict, forbidden, notFound, type Status } from './status.ts'
import type { ApiStore } from './store.ts'

/** The fields of DeleteOptions that are served. */
export interface DeleteOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: string
  preconditions?: { uid?: string; resourceVersion?: string }
  dryRun?: string[]
}

const undeletable = ['default', 'kube-public', 'kube-system']

/**
 * DELETE of one object. Gives the object while it waits for its end, and for kinds that a real API answers so; else a
 * Status.
 */
export async function deleteOne(
  store: ApiStore,
  request: IncomingMessage,
  { kind, namespace, name = '', query }: RequestInfo,
): Promise<KubeObject | Status> {
  const options = await optionsOf(request, query)
  const object = store.get(kind.kind, namespace, name)
  if (!object) throw notFound(kind, name)
  if (kind.kind === 'Namespace' && undeletable.includes(name))
    throw forbidden(kind, name, 'this namespace may not be deleted')
  const { uid = '', resourceVersion } = object.metadata
  const { preconditions = {} } = options
  if (preconditions.uid && preconditions.uid !== uid)
    throw conflict(
      kind,
      name,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    )
  if (preconditions.resourceVersion && preconditions.resourceVersion !== resourceVersion)
    throw conflict(kind, name, 'the ResourceVersion in the precondition does not match the ResourceVersion in record')
  const kept = options.dryRun?.includes('All') ? object : deleteObject(store, object, options)
  if (kind.returnsDeleted || kept) return kept ?? object
  const details = { name, ...(kind.group && { group: kind.group }), kind: kind.plural, uid }
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }
}

/** DELETE of a collection: every selected object, each with its grace period. Gives the objects as they were. */
export async function deleteMany(store: ApiStore, request: IncomingMessage, info: RequestInfo): Promise<KubeObject[]> {
  const options = await optionsOf(request, info.query)
  const { items } = listPage(store, info)
  if (!options.dryRun?.includes('All')) for (const object of items) deleteObject(store, object, options)
  return items
}

/**
 * Deletes an object. Gives undefined when it is gone at once, else the object that waits for its finalizers or its
 * kubelet.
 */
export function deleteObject(store: ApiStore, object: KubeObject, options: DeleteOptions = {}): KubeObject | undefined {
  const { kind, metadata } = object
  const { namespace, name, uid } = metadata
  if (options.propagationPolicy === 'Orphan' && uid) orphan(store, uid)
  const grace = graceOf(object, options)
  const waits = grace > 0 || kind === 'Namespace' || (metadata.finalizers?.length ?? 0) > 0
  if (!waits) {
    store.remove(kind, namespace, name)
    return undefined
  }
  return store.update(kind, namespace, name, (draft) => {
    const now = draft.metadata.deletionGracePeriodSeconds
    if (draft.metadata.deletionTimestamp && (now ?? 0) <= grace) return
    draft.metadata.deletionTimestamp = timestamp(Date.now() + grace * 1000)
    draft.metadata.deletionGracePeriodSeconds = grace
    if (kind === 'Namespace') {
      delete draft.metadata.deletionGracePeriodSeconds
      draft.status = { ...(draft.status as object), phase: 'Terminating' }
    } else if (draft.metadata.generation) draft.metadata.generation += 1
  })
}

/**
 * Removes a deleted object that waited only for its last finalizer. Pods wait for their kubelet, namespaces until they
 * are empty.
 */
export function finishDeletion(store: ApiStore, { kind, metadata }: KubeObject): void {
  if (!metadata.deletionTimestamp || (metadata.finalizers?.length ?? 0) > 0 || kind === 'Namespace') return
  if (kind === 'Pod' && (metadata.deletionGracePeriodSeconds ?? 0) > 0) return
  store.remove(kind, metadata.namespace, metadata.name)
}

/** Seconds. A pod without a node, or one that has ended, gets no grace period. */
function graceOf({ kind, spec, status }: KubeObject, { gracePeriodSeconds }: DeleteOptions): number {
  if (kind !== 'Pod') return 0
  const { nodeName, terminationGracePeriodSeconds = 30 } = spec as V1PodSpec
  const { phase = 'Pending' } = (status ?? {}) as V1PodStatus
  if (!nodeName || phase === 'Succeeded' || phase === 'Failed') return 0
  return Math.max(0, gracePeriodSeconds ?? terminationGracePeriodSeconds)
}

function orphan(store: ApiStore, uid: string): void {
  for (const object of store
    .all()
    .filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid)))
    store.update(object.kind, object.metadata.namespace, object.metadata.name, ({ metadata }) => {
      metadata.ownerReferences = (metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
    })
}

async function optionsOf(request: IncomingMessage, query: URLSearchParams): Promise<DeleteOptions> {
  const body = ((await bodyObject(request)) ?? {}) as DeleteOptions
  const grace = query.get('gracePeriodSeconds')
  const propagationPolicy = query.get('propagationPolicy')
  return {
    ...(grace !== null && { gracePeriodSeconds: Number(grace) }),
    ...(propagationPolicy !== null && { propagationPolicy }),
    ...(isDryRun(query) && { dryRun: ['All'] }),
    ...body,
  }
}
