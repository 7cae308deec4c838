import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, Store } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import { type Change, createChangeLog } from './change-log.ts'
import { StatusError } from './status.ts'

/** The store as the API server needs it: with the newest changes, from which watches resume. */
export interface ApiStore extends Store {
  watch(kind: string, listener: (change: Change) => void): () => void
  /** Every object of every kind. */
  all(): KubeObject[]
  /** The newest resourceVersion. */
  version(): number
  /** Every change of a kind after a resourceVersion; undefined when that version is too old. */
  since(kind: string, version: number): Change[] | undefined
}

/** An empty store. Its objects are frozen; `update` is the way to change one. */
export function createStore(): ApiStore {
  const kinds = new Map<string, Map<string, KubeObject>>()
  const log = createChangeLog()
  let version = 0

  function objectsOf(kind: string): Map<string, KubeObject> {
    const known = kinds.get(kind)
    if (known) return known
    const objects = new Map<string, KubeObject>()
    kinds.set(kind, objects)
    return objects
  }

  function put(object: KubeObject, previous?: KubeObject): KubeObject {
    version += 1
    object.metadata.resourceVersion = String(version)
    const frozen = freeze(object)
    objectsOf(object.kind).set(keyOf(object.metadata.namespace, object.metadata.name), frozen)
    log.append({ type: previous ? 'MODIFIED' : 'ADDED', object: frozen, version, ...(previous && { previous }) })
    return frozen
  }

  return {
    get: (kind, namespace, name) => objectsOf(kind).get(keyOf(namespace, name)),
    list(kind, namespace) {
      const found = [...objectsOf(kind)].filter(([, { metadata }]) => !namespace || metadata.namespace === namespace)
      return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
    },
    create(given) {
      const object = structuredClone(given)
      const { namespace, name } = object.metadata
      if (objectsOf(object.kind).has(keyOf(namespace, name)))
        throw new StatusError(409, 'AlreadyExists', `${object.kind} "${name}" already exists`)
      object.metadata.uid ??= randomUUID()
      object.metadata.creationTimestamp ??= timestamp()
      return put(object)
    },
    update(kind, namespace, name, change) {
      const previous = objectsOf(kind).get(keyOf(namespace, name))
      if (!previous) return undefined
      const object = structuredClone(previous)
      change(object)
      return isDeepStrictEqual(object, previous) ? previous : put(object, previous)
    },
    remove(kind, namespace, name) {
      const previous = objectsOf(kind).get(keyOf(namespace, name))
      if (!previous) return
      objectsOf(kind).delete(keyOf(namespace, name))
      version += 1
      const object = structuredClone(previous)
      object.metadata.resourceVersion = String(version)
      log.append({ type: 'DELETED', object: freeze(object), version, previous })
    },
    all: () => [...kinds.values()].flatMap((objects) => [...objects.values()]),
    version: () => version,
    watch: log.watch,
    since: log.since,
  }
}

const keyOf = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}
