import type { Store } from '../contract.ts'
import { asPod, type Pod } from './pod.ts'
import { type PodState, podStatus } from './pod-status.ts'

/** Writes the status of one pod into the store. */
export class StatusWriter {
  readonly #store: Store
  readonly #pod: Pod
  readonly #stateOf: (stored: Pod) => PodState
  #isScheduled = false

  /** `stateOf` gives what the node knows of the pod at the time of writing. */
  constructor(store: Store, pod: Pod, stateOf: (stored: Pod) => PodState) {
    this.#store = store
    this.#pod = pod
    this.#stateOf = stateOf
  }

  /** Calls back at the end of this turn of the event loop: once for several changes. */
  schedule(write: () => void): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(write)
  }

  /** Writes the status. Gives the pod as it is stored; undefined when it is gone, or another one has its name. */
  write(): Pod | undefined {
    this.#isScheduled = false
    const { namespace, name, uid } = this.#pod.metadata
    this.#store.update('Pod', namespace, name, (object) => {
      if (object.metadata.uid !== uid) return
      const pod = asPod(object)
      object.status = structuredClone(podStatus(pod, this.#stateOf(pod)))
    })
    const stored = this.#store.get('Pod', namespace, name)
    return stored && stored.metadata.uid === uid ? asPod(stored) : undefined
  }
}
