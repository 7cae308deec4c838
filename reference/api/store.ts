import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { KubeObject, Store, WatchEvent } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import { StatusError } from './status.ts'

/** A change with what it replaced, so that a watch can tell who entered and left its selection. */
export interface Change extends WatchEvent {
  version: number
  previous?: KubeObject
}

/** The store as the API server needs it: with a history to resume watches from. */
export interface ApiStore extends Store {
  watch(kind: string, listener: (change: Change) => void): () => void
  /** Every object of every kind. */
  all(): KubeObject[]
  /** The newest resourceVersion. */
  version(): number
  /** Every change of a kind after a resourceVersion; undefined when that is too long ago. */
  since(kind: string, version: number): Change[] | undefined
}

// Each holds an object and what it replaced: whoever was away for longer lists again.
const historyLength = 1024

/** An empty store. Objects in it are frozen: whoever wants another one says so through `update`. */
export function createStore(): ApiStore {
  const kinds = new Map<string, Map<string, KubeObject>>()
  const listeners = new Map<string, Set<(change: Change) => void>>()
  const history: Change[] = []
  const undelivered: Change[] = []
  let version = 0
  let delivering = false

  const objects = (kind: string) => kinds.get(kind) ?? kinds.set(kind, new Map()).get(kind) ?? new Map()
  const key = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`

  function record(change: Change): void {
    history.push(change)
    if (history.length > historyLength) history.shift()
    undelivered.push(change)
    // A listener may write; its changes wait their turn so that every listener sees the same order.
    if (delivering) return
    delivering = true
    try {
      for (let next = undelivered.shift(); next; next = undelivered.shift())
        for (const listener of [...(listeners.get(next.object.kind) ?? [])]) listener(next)
    } finally {
      delivering = false
    }
  }

  function put(object: KubeObject, previous?: KubeObject): KubeObject {
    version += 1
    object.metadata.resourceVersion = String(version)
    const frozen = freeze(object)
    objects(object.kind).set(key(object.metadata.namespace, object.metadata.name), frozen)
    record({ type: previous ? 'MODIFIED' : 'ADDED', object: frozen, version, ...(previous && { previous }) })
    return frozen
  }

  return {
    get: (kind, namespace, name) => objects(kind).get(key(namespace, name)),
    list(kind, namespace) {
      const found = [...objects(kind)].filter(([, { metadata }]) => !namespace || metadata.namespace === namespace)
      return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
    },
    watch(kind, listener) {
      const set = listeners.get(kind) ?? new Set()
      listeners.set(kind, set.add(listener))
      return () => set.delete(listener)
    },
    create(given) {
      const object = structuredClone(given)
      const { namespace, name } = object.metadata
      if (objects(object.kind).has(key(namespace, name)))
        throw new StatusError(409, 'AlreadyExists', `${object.kind} "${name}" already exists`)
      object.metadata.uid ??= randomUUID()
      object.metadata.creationTimestamp ??= timestamp()
      return put(object)
    },
    update(kind, namespace, name, change) {
      const previous = objects(kind).get(key(namespace, name))
      if (!previous) return undefined
      const object = structuredClone(previous)
      change(object)
      if (isDeepStrictEqual(object, previous)) return previous
      return put(object, previous)
    },
    remove(kind, namespace, name) {
      const previous = objects(kind).get(key(namespace, name))
      if (!previous) return
      objects(kind).delete(key(namespace, name))
      version += 1
      const object = structuredClone(previous)
      object.metadata.resourceVersion = String(version)
      record({ type: 'DELETED', object: freeze(object), version, previous })
    },
    all: () => [...kinds.values()].flatMap((all) => [...all.values()]),
    version: () => version,
    since(kind, from) {
      const oldest = history[0]?.version ?? version + 1
      if (from < oldest - 1) return undefined
      return history.filter((change) => change.version > from && change.object.kind === kind)
    },
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}
