import { request } from 'node:https'
import { createInterface } from 'node:readline'
import type { Access } from './access.ts'

/** Milliseconds. */
const betweenAttempts = 200
/** Milliseconds. The API sends a bookmark every 30 s: a watch that is silent for much longer is started again. */
const longestSilence = 90_000

interface Named {
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> }
}

/** Calls back with all objects of a kind, first when all are known and then after every change. It never ends. */
export function watchAll<T extends Named>(access: Access, path: string, changed: (objects: Iterable<T>) => void): void {
  const objects = new Map<string, T>()
  let isComplete = false

  const take = (line: string) => {
    const { type, object } = JSON.parse(line) as { type: string; object: T }
    const key = `${object.metadata.namespace}/${object.metadata.name}`
    if (type === 'ERROR') return void watch.destroy()
    if (type === 'BOOKMARK') isComplete ||= object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true'
    else if (type === 'DELETED') objects.delete(key)
    else objects.set(key, object)
    // While the list of a new watch is incomplete, the objects of the watch before are closer to the truth.
    if (isComplete) changed(objects.values())
  }

  const query = 'watch=true&sendInitialEvents=true&allowWatchBookmarks=true'
  const watch = request(
    { ...access, path: `${path}${path.includes('?') ? '&' : '?'}${query}`, timeout: longestSilence },
    (response) => {
      if (response.statusCode !== 200) return void watch.destroy()
      const lines = createInterface({ input: response })
      lines.on('line', (line) => {
        try {
          take(line)
        } catch {
          // The connection was cut in the middle of a line.
          watch.destroy()
        }
      })
      // The error of a connection that was cut reaches the reader of its lines too.
      lines.on('error', () => {})
    },
  )
  watch.on('timeout', () => watch.destroy())
  watch.on('error', () => {})
  watch.on('close', () => setTimeout(() => watchAll(access, path, changed), betweenAttempts))
  watch.end()
}
