import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KubeObject } from '../contract.ts'
import type { Kind } from './kinds.ts'
import { apiVersionOf } from './kinds.ts'
import type { RequestInfo } from './request.ts'
import { type Status, StatusError } from './status.ts'

/** An HTTP request and its response. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** Sends JSON. */
export function sendJson(response: ServerResponse, code: number, body: unknown): void {
  response
    .writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
    .end(JSON.stringify(body))
}

/** The Status for an error: its own, or a 500 with its message. */
export function statusOf(error: unknown): Status & { code: number } {
  const { status } =
    error instanceof StatusError ? error : new StatusError(500, 'InternalError', `Internal error occurred: ${error}`)
  return { ...status, code: status.code ?? 500 }
}

/** Whether the client asks for the columns of a table instead of objects, as `kubectl get` does. */
export const wantsTable = ({ headers }: IncomingMessage): boolean => /\bas=Table\b/.test(headers.accept ?? '')

/**
 * Objects as a table. `include` says how much of each object comes with its cells: Object, None or, by default, its
 * metadata.
 */
export function tableOf(kind: Kind, objects: readonly KubeObject[], metadata: object, include: string | null) {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: kind.columns.map(({ name, type, priority }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: '',
      priority,
    })),
    rows: objects.map((object) => ({
      cells: kind.columns.map(({ cell }) => cell(object)),
      ...(include !== 'None' && { object: include === 'Object' ? object : partial(object) }),
    })),
  }
}

const partial = ({ metadata }: KubeObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata,
})

/** An object in the form that the client asks for: itself, or a table with one row. */
export function presented(request: IncomingMessage, { kind, query }: RequestInfo, object: KubeObject): unknown {
  const { resourceVersion } = object.metadata
  return wantsTable(request) ? tableOf(kind, [object], { resourceVersion }, query.get('includeObject')) : object
}

/** Sends one object in the form that the client asks for. */
export function sendObject({ request, response }: Exchange, info: RequestInfo, object: KubeObject, code = 200): void {
  sendJson(response, code, presented(request, info, object))
}

/** The body of a list. */
export const listOf = (kind: Kind, items: readonly KubeObject[], metadata: object) => ({
  kind: `${kind.kind}List`,
  apiVersion: apiVersionOf(kind),
  metadata,
  // The items of a real list have neither kind nor apiVersion.
  items: items.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
})
