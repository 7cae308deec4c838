import type { Runtime } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { deleteMany, deleteOne } from './delete.ts'
import { listPage } from './list.ts'
import { serveLog } from './pod-log.ts'
import { serveProxy } from './proxy.ts'
import { isOn, type RequestInfo } from './request.ts'
import { type Exchange, listOf, sendJson, sendObject, tableOf, wantsTable } from './responses.ts'
import { badRequest, methodNotAllowed, noResource, notFound, StatusError } from './status.ts'
import { serveWatch } from './watch.ts'
import { create, patch, replace } from './write.ts'

const unserved = ['attach', 'portforward', 'ephemeralcontainers', 'resize', 'binding', 'eviction', 'scale']

/**
 * Refuses a pod's subresource that a real cluster has and this one has not.
 * @throws StatusError 501.
 */
export function assertServed({ kind, subresource = '' }: RequestInfo): void {
  if (kind.kind === 'Pod' && unserved.includes(subresource))
    throw new StatusError(501, 'NotImplemented', `the reference API does not serve pods/${subresource}`, {})
}

/** Answers a request for objects of one kind. */
export async function serveResource(
  api: Admission & { runtime: Runtime },
  exchange: Exchange,
  info: RequestInfo,
): Promise<void> {
  const { store } = api
  const { request, response } = exchange
  const { kind, namespace, name = '', subresource } = info
  if (subresource === 'proxy' && kind.subresources.proxy) return serveProxy(store, exchange, info)
  const verb = verbOf(request.method ?? '', info)
  assertAllowed(verb, info)
  if (subresource === 'log') return serveLog(api, response, info)
  if (subresource === 'exec') throw badRequest('Upgrade request required')

  switch (verb) {
    case 'watch':
      return serveWatch(store, exchange, info)
    case 'list': {
      const { items, metadata } = listPage(store, info)
      const table = wantsTable(request) && tableOf(kind, items, metadata, info.query.get('includeObject'))
      return sendJson(response, 200, table || listOf(kind, items, metadata))
    }
    case 'deletecollection': {
      const items = await deleteMany(store, request, info)
      return sendJson(response, 200, listOf(kind, items, { resourceVersion: String(store.version()) }))
    }
    case 'delete':
      return sendJson(response, 200, await deleteOne(store, request, info))
    case 'create':
      return sendObject(exchange, info, await create(api, request, info), 201)
    case 'update':
      return sendObject(exchange, info, await replace(api, request, info))
    case 'patch':
      return sendObject(exchange, info, await patch(api, request, info))
  }
  const object = store.get(kind.kind, namespace, name)
  if (!object) throw notFound(kind, name)
  sendObject(exchange, info, object)
}

function assertAllowed(verb: string, info: RequestInfo): void {
  const { kind, subresource } = info
  if (subresource !== undefined) assertServed(info)
  const allowed = subresource === undefined ? kind : kind.subresources[subresource]
  if (!allowed) throw noResource()
  if (!allowed.verbs.includes(verb)) throw methodNotAllowed()
}

function verbOf(method: string, { kind, namespace, name, query, subresource }: RequestInfo): string {
  const isSingle = name !== undefined
  // POST exists only on the path of a collection, PUT and PATCH only on that of an object. Elsewhere no kind has the
  // verb.
  if (method === 'POST' && kind.namespaced && namespace === undefined) return method
  if ((method === 'POST' && isSingle && !subresource) || (['PUT', 'PATCH'].includes(method) && !isSingle)) return method
  if (method === 'GET') return isOn(query, 'watch') ? 'watch' : isSingle ? 'get' : 'list'
  if (method === 'DELETE') return isSingle ? 'delete' : 'deletecollection'
  return { POST: 'create', PUT: 'update', PATCH: 'patch' }[method] ?? method
}
