import type { Readable, Writable } from 'node:stream'

/** An object of the Kubernetes API, as the store keeps it and as clients get it. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  // Kinds differ in their other fields. The reader of a field narrows its type.
  [field: string]: unknown
}

export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  generateName?: string
  creationTimestamp?: string
  deletionTimestamp?: string
  deletionGracePeriodSeconds?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  finalizers?: string[]
  ownerReferences?: { uid: string; kind: string; name: string }[]
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED'
  object: KubeObject
}

/** The objects of a cluster. The API serves them, and the controllers and kubelets act on them, all in one process. */
export interface Store {
  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined
  list(kind: string, namespace?: string): KubeObject[]
  /** Calls back for every further change of a kind; gives the function that ends it. */
  watch(kind: string, listener: (event: WatchEvent) => void): () => void
  /** @throws StatusError 409 when the object exists already. */
  create(object: KubeObject): KubeObject
  /**
   * Changes the newest version of an object: `change` alters a copy of it. Gives undefined when there is no such
   * object.
   */
  update(
    kind: string,
    namespace: string | undefined,
    name: string,
    change: (object: KubeObject) => void,
  ): KubeObject | undefined
  /** Removes an object at once, without a grace period and in spite of its finalizers. */
  remove(kind: string, namespace: string | undefined, name: string): void
}

/** What the API server needs from the kubelets. */
export interface Runtime {
  /** Runs argv in a container and gives its exit code. Rejects when there is no such running container. */
  exec(
    pod: KubeObject,
    container: string,
    argv: readonly string[],
    io: { stdin?: Readable; stdout: Writable; stderr: Writable },
    signal: AbortSignal,
  ): Promise<number>
  /** The output of a container so far; with `follow`, also its further output until it ends. */
  logs(
    pod: KubeObject,
    container: string,
    options: { follow: boolean; previous: boolean; tailLines?: number; timestamps: boolean },
    signal: AbortSignal,
  ): Readable
}
