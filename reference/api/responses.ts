import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KubeObject } from '../contract.ts'
import type { Kind } from './kinds.ts'
import { apiVersionOf } from './kinds.ts'
import { type Status, StatusError } from './status.ts'

/** Sends JSON. */
export function sendJson(response: ServerResponse, code: number, body: unknown): void {
  response
    .writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
    .end(JSON.stringify(body))
}

/** The Status for whatever was thrown; what nobody foresaw is a 500 with its message. */
export function statusOf(error: unknown): Status & { code: number } {
  const { status } =
    error instanceof StatusError ? error : new StatusError(500, 'InternalError', `Internal error occurred: ${error}`)
  return { ...status, code: status.code ?? 500 }
}

/** Whether the client wants columns rather than objects. */
export const wantsTable = ({ headers }: IncomingMessage): boolean => /\bas=Table\b/.test(headers.accept ?? '')

/** Objects as `kubectl get` wants them: cells, and enough of the object to name it. */
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

/** Sends one object, as a table when that is wanted. */
export function sendObject(
  request: IncomingMessage,
  response: ServerResponse,
  kind: Kind,
  query: URLSearchParams,
  object: KubeObject,
  code = 200,
): void {
  const { resourceVersion } = object.metadata
  const body = wantsTable(request) ? tableOf(kind, [object], { resourceVersion }, query.get('includeObject')) : object
  sendJson(response, code, body)
}

/** The envelope of a list. */
export const listOf = (kind: Kind, items: readonly KubeObject[], metadata: object) => ({
  kind: `${kind.kind}List`,
  apiVersion: apiVersionOf(kind),
  metadata,
  // A real list leaves these out of its items.
  items: items.map(({ kind: _kind, apiVersion: _apiVersion, ...item }) => item),
})
