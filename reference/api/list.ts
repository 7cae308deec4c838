import type { KubeObject } from '../contract.ts'
import type { Target } from './request.ts'
import { fieldSelector, labelSelector, type Selector } from './selectors.ts'
import { badRequest } from './status.ts'
import type { ApiStore } from './store.ts'

/** A page of objects, and the `metadata` of the list that carries it. */
export interface Page {
  items: KubeObject[]
  metadata: { resourceVersion: string; continue?: string; remainingItemCount?: number }
}

/** The objects that a target's namespace, labels and fields select. */
export function selectorOf({ kind, namespace, name, query }: Target): Selector {
  const labels = labelSelector(query.get('labelSelector') ?? '')
  const fields = fieldSelector(query.get('fieldSelector') ?? '', kind)
  return (object) =>
    (!namespace || object.metadata.namespace === namespace) &&
    (!name || object.metadata.name === name) &&
    labels(object) &&
    fields(object)
}

/** One page of what is selected, `limit` long, after the place that `continue` marks. */
export function listPage(store: ApiStore, target: Target): Page {
  const { query } = target
  versionOf(query)
  const start = query.get('continue') ? marker(query.get('continue') ?? '') : undefined
  const selected = store.list(target.kind.kind, target.namespace).filter(selectorOf(target))
  const rest = start ? selected.filter((object) => placeOf(object) > start.after) : selected
  const limit = Number(query.get('limit') ?? 0) || rest.length
  const items = rest.slice(0, limit)
  const resourceVersion = start?.version ?? String(store.version())
  const last = items.at(-1)
  if (!last || rest.length <= items.length) return { items, metadata: { resourceVersion } }
  const next = Buffer.from(JSON.stringify({ version: resourceVersion, after: placeOf(last) })).toString('base64url')
  const whole = !query.get('labelSelector') && !query.get('fieldSelector')
  return {
    items,
    metadata: {
      resourceVersion,
      continue: next,
      ...(whole && { remainingItemCount: rest.length - items.length }),
    },
  }
}

/** The resourceVersion asked for, if any. */
export function versionOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? ''
  if (text === '') return undefined
  if (/^\d+$/.test(text)) return Number(text)
  throw badRequest(
    `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
  )
}

const placeOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`

function marker(text: string): { version: string; after: string } {
  try {
    const { version, after } = JSON.parse(Buffer.from(text, 'base64url').toString())
    return { version: String(version), after: String(after) }
  } catch {
    throw badRequest('invalid continue token: continue key is not valid')
  }
}
