import type { PodContext } from './container-preparation.ts'
import type { Container, ContainerStatus } from './pod.ts'

/** Init containers end before the next one starts; sidecars are init containers that go on. */
export type ContainerKind = 'init' | 'sidecar' | 'app'

/** What the API shows of a container: its status, and the events of its pod that are about it. */
export class ContainerReport {
  readonly status: ContainerStatus
  readonly #context: PodContext
  readonly #path: string

  constructor(context: PodContext, container: Container, kind: ContainerKind) {
    this.#context = context
    this.#path = `spec.${kind === 'app' ? 'containers' : 'initContainers'}{${container.name}}`
    this.status = {
      name: container.name,
      image: container.image ?? '',
      imageID: '',
      lastState: {},
      restartCount: 0,
      ready: false,
      started: false,
      state: { waiting: { reason: kind === 'init' ? 'PodInitializing' : 'ContainerCreating' } },
    }
  }

  /** Changes the status. */
  set(changes: Partial<ContainerStatus>): void {
    Object.assign(this.status, changes)
    this.#context.changed()
  }

  /** Changes the state to waiting. */
  wait(reason: string, message: string): void {
    this.set({ state: { waiting: { reason, message } } })
  }

  /** Writes an event. */
  record(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.node.record(this.#context.pod(), { type, reason, message, fieldPath: this.#path })
  }
}
