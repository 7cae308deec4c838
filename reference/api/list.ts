import type { KubeObject } from '../contract.ts'
import type { RequestInfo } from './request.ts'
import { fieldSelector, labelSelector, type Selector } from './selectors.ts'
import { badRequest } from './status.ts'
import type { ApiStore } from './store.ts'

/** A page of objects, and the `metadata` of its list. */
export interface Page {
  items: KubeObject[]
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }
}

/**
 * Whether an object is in the namespace, and has the labels and fields, that a request selects.
 * @throws StatusError 400.
 */
export function selectorOf({ kind, namespace, name, query }: RequestInfo): Selector {
  const labels = labelSelector(query.get('labelSelector') ?? '')
  const fields = fieldSelector(query.get('fieldSelector') ?? '', kind)
  return (object) =>
    (!namespace || object.metadata.namespace === namespace) &&
    (!name || object.metadata.name === name) &&
    labels(object) &&
    fields(object)
}

/**
 * One page of the selected objects: at most `limit`, behind the object that `continue` names.
 * @throws StatusError 400.
 */
export function listPage(store: ApiStore, info: RequestInfo): Page {
  const { kind, namespace, query } = info
  versionOf(query)
  const token = query.get('continue')
  const start = token ? continuation(token) : undefined
  const selected = store.list(kind.kind, namespace).filter(selectorOf(info))
  const rest = start ? selected.filter((object) => sortKey(object) > start.after) : selected
  const limit = Number(query.get('limit') ?? 0) || rest.length
  const items = rest.slice(0, limit)
  const resourceVersion = start?.version ?? String(store.version())
  const last = items.at(-1)
  if (!last || rest.length <= items.length) return { items, metadata: { resourceVersion } }
  const next = Buffer.from(JSON.stringify({ version: resourceVersion, after: sortKey(last) })).toString('base64url')
  const isUnfiltered = !query.get('labelSelector') && !query.get('fieldSelector')
  return {
    items,
    metadata: {
      resourceVersion,
      continue: next,
      ...(isUnfiltered && { remainingItemCount: rest.length - items.length }),
    },
  }
}

/**
 * The resourceVersion of a request; undefined when it has none.
 * @throws StatusError 400 when it is no number.
 */
export function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? ''
  if (text === '') return undefined
  if (/^\d+$/.test(text)) return Number(text)
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  )
}

/** The store lists objects in the order of this key. */
const sortKey = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`

function continuation(token: string): { version: string; after: string } {
  try {
    const { version, after } = JSON.parse(Buffer.from(token, 'base64url').toString())
    return { version: String(version), after: String(after) }
  } catch {
    throw badRequest('invalid continue token: continue key is not valid')
  }
}
