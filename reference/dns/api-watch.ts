import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { createInterface } from 'node:readline'

/** Milliseconds. */
const betweenAttempts = 200
/** Milliseconds. The API sends a bookmark every 30 s: a watch that is silent for much longer is started again. */
const longestSilence = 90_000

interface Named {
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> }
}

/** The address of the API, and the identity of the client. */
export interface Access {
  readonly host: string
  readonly port: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** The access of a pod: the API's address from its environment, and the identity from files in a directory. */
export function accessOf(environment: NodeJS.ProcessEnv, directory: string): Access {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = environment
  const read = (name: string) => readFileSync(`${directory}/${name}`, 'utf8')
  return { host, port, ca: read('ca.crt'), cert: read('tls.crt'), key: read('tls.key') }
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
  const watch = request({ ...access, path: `${path}?${query}`, timeout: longestSilence }, (response) => {
    if (response.statusCode !== 200) return void watch.destroy()
    createInterface({ input: response }).on('line', (line) => {
      try {
        take(line)
      } catch {
        // The connection was cut in the middle of a line.
        watch.destroy()
      }
    })
  })
  watch.on('timeout', () => watch.destroy())
  watch.on('error', () => {})
  watch.on('close', () => setTimeout(() => watchAll(access, path, changed), betweenAttempts))
  watch.end()
}
