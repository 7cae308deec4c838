import type { KubeObject } from '../contract.ts'

/** Objects by kind, namespace and name. */
export interface ObjectTables {
  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined
  /** Sorted by namespace and name. Without a namespace, those of all namespaces. */
  list(kind: string, namespace?: string): KubeObject[]
  all(): KubeObject[]
  set(object: KubeObject): void
  delete(object: KubeObject): void
}

/** Empty tables. */
export function createTables(): ObjectTables {
  const tables = new Map<string, Map<string, KubeObject>>()

  function tableOf(kind: string): Map<string, KubeObject> {
    const known = tables.get(kind)
    if (known) return known
    const table = new Map<string, KubeObject>()
    tables.set(kind, table)
    return table
  }

  return {
    get: (kind, namespace, name) => tableOf(kind).get(keyOf({ namespace, name })),
    list(kind, namespace) {
      const found = [...tableOf(kind)].filter(([, { metadata }]) => !namespace || metadata.namespace === namespace)
      return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object)
    },
    all: () => [...tables.values()].flatMap((table) => [...table.values()]),
    set: (object) => void tableOf(object.kind).set(keyOf(object.metadata), object),
    delete: (object) => void tableOf(object.kind).delete(keyOf(object.metadata)),
  }
}

const keyOf = ({ namespace, name }: { namespace?: string | undefined; name: string }) => `${namespace ?? ''}/${name}`
