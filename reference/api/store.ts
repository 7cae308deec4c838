import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, Store } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import { type Change, createChangeLog } from './change-log.ts'
import { createTables } from './object-tables.ts'
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
  const tables = createTables()
  const log = createChangeLog()
  let version = 0

  function put(object: KubeObject, previous?: KubeObject): KubeObject {
    version += 1
    object.metadata.resourceVersion = String(version)
    const frozen = freeze(object)
    tables.set(frozen)
    log.append({ type: previous ? 'MODIFIED' : 'ADDED', object: frozen, version, ...(previous && { previous }) })
    return frozen
  }

  return {
    get: tables.get,
    list: tables.list,
    all: tables.all,
    create(given) {
      const object = structuredClone(given)
      const { kind, metadata } = object
      if (tables.get(kind, metadata.namespace, metadata.name))
        throw new StatusError(409, 'AlreadyExists', `${kind} "${metadata.name}" already exists`)
      metadata.uid ??= randomUUID()
      metadata.creationTimestamp ??= timestamp()
      return put(object)
    },
    update(kind, namespace, name, change) {
      const previous = tables.get(kind, namespace, name)
      if (!previous) return undefined
      const object = structuredClone(previous)
      change(object)
      return isDeepStrictEqual(object, previous) ? previous : put(object, previous)
    },
    remove(kind, namespace, name) {
      const previous = tables.get(kind, namespace, name)
      if (!previous) return
      tables.delete(previous)
      version += 1
      const object = structuredClone(previous)
      object.metadata.resourceVersion = String(version)
      log.append({ type: 'DELETED', object: freeze(object), version, previous })
    },
    version: () => version,
    watch: log.watch,
    since: log.since,
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}
