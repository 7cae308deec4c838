import type { KubeObject, WatchEvent } from '../contract.ts'

/** A change with the object that it replaced, so that a watch can tell which objects entered and left its selection. */
export interface Change extends WatchEvent {
  version: number
  previous?: KubeObject
}

/** The newest changes of all objects, and the listeners to further ones. */
export interface ChangeLog {
  /** Adds the change of the next version and calls the listeners to its kind. */
  append(change: Change): void
  /** Calls back for every further change of a kind; gives the function that ends it. */
  watch(kind: string, listener: (change: Change) => void): () => void
  /** Every change of a kind after a version; undefined when the log no longer has all of them. */
  since(kind: string, version: number): Change[] | undefined
}

// Each change keeps two objects in memory. A client that missed more changes than these has to list again.
const longest = 1024

/** An empty log. The first change that is appended has version 1, and each further one the next number. */
export function createChangeLog(): ChangeLog {
  const listeners = new Map<string, Set<(change: Change) => void>>()
  const history: Change[] = []
  const undelivered: Change[] = []
  let delivering = false

  return {
    append(change) {
      history.push(change)
      if (history.length > longest) history.shift()
      undelivered.push(change)
      // A listener may cause further changes. They wait for their turn, so that every listener sees the same order.
      if (delivering) return
      delivering = true
      try {
        for (let next = undelivered.shift(); next; next = undelivered.shift())
          for (const listener of [...(listeners.get(next.object.kind) ?? [])]) listener(next)
      } finally {
        delivering = false
      }
    },
    watch(kind, listener) {
      const set = listeners.get(kind) ?? new Set()
      listeners.set(kind, set.add(listener))
      return () => set.delete(listener)
    },
    since(kind, from) {
      const oldest = history[0]?.version ?? 1
      if (from < oldest - 1) return undefined
      return history.filter((change) => change.version > from && change.object.kind === kind)
    },
  }
}
