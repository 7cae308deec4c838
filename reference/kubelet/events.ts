import type { KubeObject, Store } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import type { Pod } from './pod.ts'

/** Something that happened to a pod. */
export interface PodEvent {
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  /** The container that the event is about: `spec.containers{NAME}`. */
  readonly fieldPath?: string | undefined
}

/** Writes an Event of the API. */
export type Recorder = (pod: Pod, event: PodEvent) => void

/** A recorder for the events of one component. When an event repeats, its count increases. */
export function createRecorder(store: Store, component: string, host?: string): Recorder {
  const known = new Map<string, string>()
  return (pod, { type, reason, message, fieldPath }) => {
    const { name, namespace, uid, resourceVersion } = pod.metadata
    const key = JSON.stringify([uid, reason, message, fieldPath])
    const now = timestamp()
    const repeated = store.update('Event', namespace, known.get(key) ?? '', (event) => {
      event.count = Number(event.count) + 1
      event.lastTimestamp = now
    })
    if (repeated) return
    const event: KubeObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${uniqueSuffix()}`, ...(namespace ? { namespace } : {}) },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, resourceVersion, fieldPath },
      type,
      reason,
      message,
      count: 1,
      firstTimestamp: now,
      lastTimestamp: now,
      eventTime: null,
      source: { component, host },
      reportingComponent: component,
      reportingInstance: host ?? '',
    }
    try {
      known.set(key, store.create(event).metadata.name)
    } catch {
      // The namespace is gone, and its events with it.
    }
  }
}

function uniqueSuffix(): string {
  return (BigInt(Date.now()) * 1_000_000n + BigInt(Math.floor(Math.random() * 1_000_000))).toString(16)
}
