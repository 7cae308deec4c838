import type { Readable, Writable } from 'node:stream'

/** Any object of the Kubernetes API, as the store keeps it and the wire carries it. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  // Kinds differ below metadata; whoever reads a field narrows it.
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

/**
 * The one place where objects live: what the API serves and what the controllers and kubelets act on, in one process.
 */
export interface Store {
  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined
  list(kind: string, namespace?: string): KubeObject[]
  /** Calls back for every change from now on; gives the function that ends it. */
  watch(kind: string, listener: (event: WatchEvent) => void): () => void
  create(object: KubeObject): KubeObject
  /**
   * Replaces what `change` alters in the newest version, retrying nothing: one process, one thread. Missing: undefined.
   */
  update(
    kind: string,
    namespace: string | undefined,
    name: string,
    change: (object: KubeObject) => void,
  ): KubeObject | undefined
  /** Removes it now, whatever grace or finalizers say. */
  remove(kind: string, namespace: string | undefined, name: string): void
}

/** What the API server needs from whoever runs the containers. */
export interface Runtime {
  /** Runs argv in a container; gives its exit code. Rejects when there is no such running container. */
  exec(
    pod: KubeObject,
    container: string,
    argv: readonly string[],
    io: { stdin?: Readable; stdout: Writable; stderr: Writable },
    signal: AbortSignal,
  ): Promise<number>
  /** What a container has written so far, and with `follow` what it goes on to write until it ends. */
  logs(
    pod: KubeObject,
    container: string,
    options: { follow: boolean; previous: boolean; tailLines?: number; timestamps: boolean },
    signal: AbortSignal,
  ): Readable
}
