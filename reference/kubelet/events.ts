import type { KubeObject, Store } from '../contract.ts'
import { timestamp } from '../timestamp.ts'
import type { Pod } from './pod.ts'

/** Writes what happens to pods as Events of the API. */
export type Recorder = (
  pod: Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  container?: string,
) => void

/** A recorder that speaks for a component; the same event again raises its count. */
export function createRecorder(store: Store, component: string, host?: string): Recorder {
  const known = new Map<string, string>()
  return (pod, type, reason, message, fieldPath) => {
    const { name, namespace, uid, resourceVersion } = pod.metadata
    const key = JSON.stringify([uid, reason, message, fieldPath])
    const now = timestamp()
    const again = store.update('Event', namespace, known.get(key) ?? '', (event) => {
      event.count = Number(event.count) + 1
      event.lastTimestamp = now
    })
    if (again) return
    const event: KubeObject = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${unique()}`, ...(namespace ? { namespace } : {}) },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid, resourceVersion, fieldPath },
      ...{ type, reason, message, count: 1, firstTimestamp: now, lastTimestamp: now, eventTime: null },
      source: { component, host },
      reportingComponent: component,
      reportingInstance: host ?? '',
    }
    try {
      known.set(key, store.create(event).metadata.name)
    } catch {
      // Its namespace is going: nobody is left to read it.
    }
  }
}

function unique(): string {
  return (BigInt(Date.now()) * 1_000_000n + BigInt(Math.floor(Math.random() * 1_000_000))).toString(16)
}
