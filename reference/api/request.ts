import type { IncomingMessage } from 'node:http'
import { apiVersionOf, type Kind, kinds } from './kinds.ts'
import { decodeProtobuf } from './protobuf.ts'
import { badRequest, noResource, StatusError } from './status.ts'

/** What a URL points at. */
export interface Target {
  kind: Kind
  namespace?: string
  name?: string
  subresource?: string
  query: URLSearchParams
}

/** Reads `/api/v1/namespaces/NS/pods/NAME/log?...`; no such kind: 404. */
export function targetOf(url: URL): Target {
  const [root = '', ...steps] = url.pathname.split('/').filter(Boolean).map(decodeURIComponent)
  const group = root === 'apis' ? (steps.shift() ?? '') : ''
  const version = steps.shift()
  let namespace: string | undefined
  const ofNamespaceItself = steps.length < 3 || steps[2] === 'status' || steps[2] === 'finalize'
  if (steps[0] === 'namespaces' && !ofNamespaceItself) namespace = steps.splice(0, 2)[1]
  const [plural, name, subresource, ...more] = steps
  const kind = kinds.find((row) => row.group === group && row.plural === plural)
  if (!['api', 'apis'].includes(root) || version !== 'v1' || !kind || more.length > 0) throw noResource()
  if (namespace !== undefined && !kind.namespaced) throw noResource()
  if (namespace === undefined && kind.namespaced && name !== undefined) throw noResource()
  return {
    kind,
    query: url.searchParams,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  }
}

/** The media type of the body, without parameters. */
export const contentType = (request: IncomingMessage): string =>
  (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? ''

/** Whether a query parameter is on. */
export const isOn = (query: URLSearchParams, name: string): boolean => ['1', 'true'].includes(query.get(name) ?? '')

/** Whether nothing is to be kept. */
export const isDryRun = (query: URLSearchParams): boolean => query.getAll('dryRun').includes('All')

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

/** The body as an object, whatever it is written in; an empty one gives undefined. */
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

/** The `apiVersion` and `kind` of a target's objects. */
export const typeOf = (kind: Kind): { kind: string; apiVersion: string } => ({
  kind: kind.kind,
  apiVersion: apiVersionOf(kind),
})
