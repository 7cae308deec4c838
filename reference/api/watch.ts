import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KubeObject } from '../contract.ts'
import { selectorOf, versionOf } from './list.ts'
import { isOn, type Target, typeOf } from './request.ts'
import { tableOf, wantsTable } from './responses.ts'
import { StatusError } from './status.ts'
import type { ApiStore, Change } from './store.ts'

const longest = 1800
const betweenBookmarks = 30_000

/** Streams the changes of what a target selects, from a resourceVersion or from what is there now, until the client's time is up. */
export function serveWatch(store: ApiStore, request: IncomingMessage, response: ServerResponse, target: Target): void {
  const { kind, query, namespace } = target
  const selects = selectorOf(target)
  const since = versionOf(query)
  const table = wantsTable(request)
  let seen = 0

  const send = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`)
  function sendObject(type: string, object: KubeObject): void {
    const { resourceVersion } = object.metadata
    send(type, table ? tableOf(kind, [object], { resourceVersion }, query.get('includeObject')) : object)
  }
  // Who leaves the selection is deleted, and who enters it added, as far as this watcher can tell.
  function follow({ type, object, previous, version }: Change): void {
    if (version <= seen) return
    seen = version
    const before = previous !== undefined && selects(previous)
    const after = type !== 'DELETED' && selects(object)
    if (after) sendObject(before ? 'MODIFIED' : 'ADDED', object)
    else if (before) sendObject('DELETED', type === 'DELETED' ? object : { ...previous, metadata: object.metadata })
  }
  function bookmark(initial = false): void {
    const annotations = { 'k8s.io/initial-events-end': 'true' }
    const metadata = { resourceVersion: String(seen), ...(initial && { annotations }) }
    send('BOOKMARK', table ? tableOf(kind, [], metadata, null) : { ...typeOf(kind), metadata })
  }

  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  response.flushHeaders()
  const initial = since === undefined || since === 0 || isOn(query, 'sendInitialEvents')
  const missed = initial ? [] : store.since(kind.kind, since)
  if (!missed) {
    const message = `too old resource version: ${since} (${store.version()})`
    send('ERROR', new StatusError(410, 'Expired', message).status)
    response.end()
    return
  }
  if (initial) for (const object of store.list(kind.kind, namespace).filter(selects)) sendObject('ADDED', object)
  for (const change of missed) follow(change)
  seen = Math.max(seen, store.version())
  if (isOn(query, 'sendInitialEvents')) bookmark(true)

  const stop = store.watch(kind.kind, follow)
  const bookmarks = isOn(query, 'allowWatchBookmarks') ? setInterval(advance, betweenBookmarks).unref() : undefined
  function advance(): void {
    seen = Math.max(seen, store.version())
    bookmark()
  }
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || longest
  const timer = setTimeout(() => {
    if (bookmarks) advance()
    response.end()
  }, seconds * 1000).unref()
  response.on('close', () => {
    stop()
    clearTimeout(timer)
    clearInterval(bookmarks)
  })
}
