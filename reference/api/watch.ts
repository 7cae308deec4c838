import type { KubeObject } from '../contract.ts'
import type { Change } from './change-log.ts'
import { selectorOf, versionOf } from './list.ts'
import { isOn, type RequestInfo, typeOf } from './request.ts'
import { type Exchange, presented, tableOf, wantsTable } from './responses.ts'
import type { Selector } from './selectors.ts'
import { StatusError } from './status.ts'
import type { ApiStore } from './store.ts'

/** Seconds. */
const longest = 1800
/** Milliseconds. */
const betweenBookmarks = 30_000

/**
 * Streams the changes of the objects that a request selects, until the client's time is up. The stream starts at the
 * resourceVersion of the request, or else with the objects of now.
 */
export function serveWatch(store: ApiStore, exchange: Exchange, info: RequestInfo): void {
  const { response } = exchange
  const { kind, query, namespace } = info
  const selects = selectorOf(info)
  const since = versionOf(query)
  const isInitial = since === undefined || since === 0 || isOn(query, 'sendInitialEvents')
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache, private' })
  response.flushHeaders()
  const events = eventsOf(exchange, info, selects)
  const missed = isInitial ? [] : store.since(kind.kind, since)
  if (!missed) {
    const message = `too old resource version: ${since} (${store.version()})`
    events.send('ERROR', new StatusError(410, 'Expired', message).status)
    response.end()
    return
  }

  if (isInitial)
    for (const object of store.list(kind.kind, namespace).filter(selects)) events.sendObject('ADDED', object)
  for (const change of missed) events.sendChange(change)
  events.advance(store.version())
  if (isOn(query, 'sendInitialEvents')) events.sendBookmark({ 'k8s.io/initial-events-end': 'true' })

  const stop = store.watch(kind.kind, events.sendChange)
  const bookmark = () => {
    events.advance(store.version())
    events.sendBookmark()
  }
  const bookmarks = isOn(query, 'allowWatchBookmarks') ? setInterval(bookmark, betweenBookmarks).unref() : undefined
  const seconds = Number(query.get('timeoutSeconds') ?? 0) || longest
  const end = setTimeout(() => {
    if (bookmarks) bookmark()
    // The response closes later, when a slow client has read it. Until then there would be writes after its end.
    stop()
    clearInterval(bookmarks)
    response.end()
  }, seconds * 1000).unref()
  response.on('close', () => {
    stop()
    clearTimeout(end)
    clearInterval(bookmarks)
  })
}

/** Writes the events of one watch, and remembers the resourceVersion up to which its client knows everything. */
function eventsOf({ request, response }: Exchange, info: RequestInfo, selects: Selector) {
  const { kind } = info
  let seen = 0
  const advance = (version: number) => {
    seen = Math.max(seen, version)
  }
  const send = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`)
  const sendObject = (type: string, object: KubeObject) => send(type, presented(request, info, object))
  const sendChange = (change: Change) => {
    if (change.version <= seen) return
    advance(change.version)
    const event = eventOf(change, selects)
    if (event) sendObject(event.type, event.object)
  }
  const sendBookmark = (annotations?: Record<string, string>) => {
    const metadata = { resourceVersion: String(seen), ...(annotations && { annotations }) }
    send('BOOKMARK', wantsTable(request) ? tableOf(kind, [], metadata, null) : { ...typeOf(kind), metadata })
  }
  return { advance, send, sendObject, sendChange, sendBookmark }
}

/**
 * The event of a change for a watch with a selector. An object that leaves the selection is DELETED for this watch, and
 * an object that enters it is ADDED.
 */
function eventOf(
  { type, object, previous }: Change,
  selects: Selector,
): { type: string; object: KubeObject } | undefined {
  const before = previous !== undefined && selects(previous)
  const after = type !== 'DELETED' && selects(object)
  if (after) return { type: before ? 'MODIFIED' : 'ADDED', object }
  if (!before) return undefined
  return { type: 'DELETED', object: type === 'DELETED' ? object : { ...previous, metadata: object.metadata } }
}
