import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Runtime } from '../contract.ts'
import type { Admission } from './admission/admit.ts'
import { deleteMany, deleteOne } from './delete.ts'
import { listPage } from './list.ts'
import { serveLog } from './pod-log.ts'
import { isOn, type Target } from './request.ts'
import { listOf, sendJson, sendObject, tableOf, wantsTable } from './responses.ts'
import { badRequest, methodNotAllowed, noResource, notFound, StatusError } from './status.ts'
import { serveWatch } from './watch.ts'
import { create, patch, replace } from './write.ts'

const unserved = ['attach', 'portforward', 'proxy', 'ephemeralcontainers', 'resize', 'binding', 'eviction', 'scale']

/** Says so when a pod's subresource is one that a real cluster has and this one has not. */
export function assertServed({ kind, subresource = '' }: Target): void {
  if (kind.kind === 'Pod' && unserved.includes(subresource))
    throw new StatusError(501, 'NotImplemented', `the reference API does not serve pods/${subresource}`, {})
}

/** Answers a request for objects of one kind. */
export async function serveResource(
  api: Admission & { runtime: Runtime },
  request: IncomingMessage,
  response: ServerResponse,
  target: Target,
): Promise<void> {
  const { kind, name, query, subresource } = target
  const verb = verbOf(request.method ?? '', target)
  if (subresource !== undefined) {
    assertServed(target)
    const known = kind.subresources[subresource]
    if (!known) throw noResource()
    if (!known.verbs.includes(verb)) throw methodNotAllowed()
    if (subresource === 'log') return serveLog(api, response, target)
    if (subresource === 'exec') throw badRequest('Upgrade request required')
  } else if (!kind.verbs.includes(verb)) throw methodNotAllowed()

  if (verb === 'watch') return serveWatch(api.store, request, response, target)
  if (verb === 'list') {
    const { items, metadata } = listPage(api.store, target)
    const table = wantsTable(request)
    return sendJson(
      response,
      200,
      table ? tableOf(kind, items, metadata, query.get('includeObject')) : listOf(kind, items, metadata),
    )
  }
  if (verb === 'deletecollection') {
    const items = await deleteMany(api.store, request, target)
    return sendJson(response, 200, listOf(kind, items, { resourceVersion: String(api.store.version()) }))
  }
  if (verb === 'delete') return sendJson(response, 200, await deleteOne(api.store, request, target))
  if (verb === 'create') {
    const object = await create(api, request, target)
    return sendObject(request, response, kind, query, object, 201)
  }
  if (verb === 'update' || verb === 'patch') {
    const object = await (verb === 'update' ? replace : patch)(api, request, target)
    return sendObject(request, response, kind, query, object)
  }
  const object = api.store.get(kind.kind, target.namespace, name ?? '')
  if (!object) throw notFound(kind, name ?? '')
  sendObject(request, response, kind, query, object)
}

function verbOf(method: string, { kind, namespace, name, query, subresource }: Target): string {
  const single = name !== undefined
  // The methods that change one object, or make a new one, exist on one of the paths only.
  if (method === 'POST' && kind.namespaced && namespace === undefined) return method
  if ((method === 'POST' && single && !subresource) || (['PUT', 'PATCH'].includes(method) && !single)) return method
  if (method === 'GET') return isOn(query, 'watch') ? 'watch' : single ? 'get' : 'list'
  if (method === 'DELETE') return single ? 'delete' : 'deletecollection'
  return { POST: 'create', PUT: 'update', PATCH: 'patch' }[method] ?? method
}
