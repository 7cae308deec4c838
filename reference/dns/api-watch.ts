import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { createInterface } from 'node:readline'

const betweenAttempts = 200
const longestSilence = 90_000

interface Named {
  metadata: { name: string; namespace?: string; annotations?: Record<string, string> }
}

/** Where the API is, and how one is known to it. */
export interface Access {
  readonly host: string
  readonly port: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** What a pod is given to reach the API: its address, and files. */
export function accessOf(environment: NodeJS.ProcessEnv, directory: string): Access {
  const { KUBERNETES_SERVICE_HOST: host = '', KUBERNETES_SERVICE_PORT: port = '443' } = environment
  const read = (name: string) => readFileSync(`${directory}/${name}`, 'utf8')
  return { host, port, ca: read('ca.crt'), cert: read('tls.crt'), key: read('tls.key') }
}

/** Hands over all objects of a kind, again and again as they change, for ever. */
export function follow<T extends Named>(access: Access, path: string, changed: (objects: Iterable<T>) => void): void {
  const again = () => setTimeout(() => follow(access, path, changed), betweenAttempts)
  const objects = new Map<string, T>()
  let complete = false

  const take = (line: string) => {
    const { type, object } = JSON.parse(line) as { type: string; object: T }
    const key = `${object.metadata.namespace}/${object.metadata.name}`
    if (type === 'ERROR') return void asking.destroy()
    if (type === 'BOOKMARK') complete ||= object.metadata.annotations?.['k8s.io/initial-events-end'] === 'true'
    else if (type === 'DELETED') objects.delete(key)
    else objects.set(key, object)
    // Until the list is whole, what was known before is nearer to the truth.
    if (complete) changed(objects.values())
  }

  const query = 'watch=true&sendInitialEvents=true&allowWatchBookmarks=true'
  const asking = request({ ...access, path: `${path}?${query}`, timeout: longestSilence }, (response) => {
    if (response.statusCode !== 200) return void asking.destroy()
    createInterface({ input: response }).on('line', (line) => {
      try {
        take(line)
      } catch {
        // Cut off in the middle.
        asking.destroy()
      }
    })
  })
  asking.on('timeout', () => asking.destroy())
  asking.on('error', () => {})
  asking.on('close', again)
  asking.end()
}
