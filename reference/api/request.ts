import type { IncomingMessage } from 'node:http'
import { apiVersionOf, type Kind, kinds } from './kinds.ts'
import { decodeProtobuf } from './protobuf.ts'
import { badRequest, noResource, StatusError } from './status.ts'

/** The resource that a request is about, and its query. The API server of Kubernetes has a type of that name. */
export interface RequestInfo {
  kind: Kind
  namespace?: string
  name?: string
  subresource?: string
  /** What follows the subresource `proxy` in the URL, as the client wrote it. */
  path?: string
  query: URLSearchParams
}

/**
 * Reads a URL such as `/api/v1/namespaces/NS/pods/NAME/log?...`.
 * @throws StatusError 404 when there is no such resource.
 */
export function requestInfoOf(url: URL): RequestInfo {
  const [root = '', ...steps] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  const group = root === 'apis' ? (steps.shift() ?? '') : ''
  const version = steps.shift()
  let namespace: string | undefined
  const ofNamespaceItself = steps.length < 3 || steps[2] === 'status' || steps[2] === 'finalize'
  if (steps[0] === 'namespaces' && !ofNamespaceItself) namespace = steps.splice(0, 2)[1]
  const [plural, name, subresource, ...more] = steps
  const kind = kinds.find((row) => row.group === group && row.plural === plural)
  const path = subresource === 'proxy' ? pathBehindProxy(url) : undefined
  if (!['api', 'apis'].includes(root) || version !== 'v1' || !kind) throw noResource()
  if (more.length > 0 && path === undefined) throw noResource()
  if (namespace !== undefined && !kind.namespaced) throw noResource()
  if (namespace === undefined && kind.namespaced && name !== undefined) throw noResource()
  return {
    kind,
    query: url.searchParams,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
    ...(path !== undefined && { path }),
  }
}

const pathBehindProxy = ({ pathname }: URL) => pathname.replace(/^\/api\/v1\/namespaces(\/[^/]+){3}\/proxy/, '')

/** The media type of the body, without its parameters. */
export const contentType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? ''

/** Whether a query parameter is `1` or `true`. */
export const isOn = (query: URLSearchParams, name: string): boolean => ['1', 'true'].includes(query.get(name) ?? '')

/** Whether the client wants the answer without the change. */
export const isDryRun = (query: URLSearchParams): boolean => query.getAll('dryRun').includes('All')

/** Bytes; the limit of a real API server. */
const largestBody = 3 * 1024 * 1024

async function bodyBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > largestBody) throw new StatusError(413, 'RequestEntityTooLarge', `limit is ${largestBody}`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/**
 * The body as an object; undefined when it is empty.
 * @throws StatusError 415 when the body is neither JSON nor protobuf of a known kind, 400 when it is no valid JSON.
 */
export async function bodyObject(request: IncomingMessage): Promise<unknown> {
  const bytes = await bodyBytes(request)
  if (bytes.length === 0) return undefined
  const type = contentType(request)
  const decoded = type === 'application/vnd.kubernetes.protobuf' ? await decodeProtobuf(bytes) : undefined
  if (decoded) return decoded
  if (!/json$/.test(type)) throw unsupportedBody(type)
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: json parse error: ${(error as Error).message}`)
  }
}

const unsupportedBody = (type: string) =>
  new StatusError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format: ${type}`, {})

/** The `apiVersion` and `kind` of the objects of a kind. */
export const typeOf = (kind: Kind): { kind: string; apiVersion: string } => ({
  kind: kind.kind,
  apiVersion: apiVersionOf(kind),
})
