import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { timestamp } from '../timestamp.ts'
import { ContainerLog } from './container-log.ts'
import { type PodContext, prepare, terminationMessage } from './container-preparation.ts'
import { CannotStart, type ContainerProcess, startProcess } from './container-process.ts'
import type { Place } from './exec.ts'
import { findImage, type Image } from './image.ts'
import type { Container, ContainerState, ContainerStatus, Probe, RestartPolicy } from './pod.ts'
import { probeContainer } from './probes.ts'

const secondsOfBackOff = [10, 20, 40, 80, 160, 300]

/** One container of a pod through all of its runs. */
export class ContainerRunner {
  readonly container: Container
  readonly kind: 'init' | 'sidecar' | 'app'
  readonly status: ContainerStatus
  log = new ContainerLog()
  previousLog: ContainerLog | undefined
  /** Where to run commands in it, while it runs. */
  place: Place | undefined
  readonly #context: PodContext
  readonly #path: string
  readonly #stopping = new AbortController()
  #process: ContainerProcess | undefined
  #probing = new AbortController()

  constructor(context: PodContext, container: Container, kind: 'init' | 'sidecar' | 'app') {
    this.#context = context
    this.container = container
    this.kind = kind
    this.#path = `spec.${kind === 'app' ? 'containers' : 'initContainers'}{${container.name}}`
    this.status = {
      ...{ name: container.name, image: container.image ?? '', imageID: '', lastState: {}, restartCount: 0 },
      ...{
        ready: false,
        started: false,
        state: { waiting: { reason: kind === 'init' ? 'PodInitializing' : 'ContainerCreating' } },
      },
    }
  }

  /** Runs it, again and again as the policy says; settles when it will not run again. */
  async run(policy: RestartPolicy): Promise<void> {
    for (let failures = 0; !this.#stopping.signal.aborted; failures++) {
      const since = Date.now()
      const image = await this.#pull()
      if (!image) return
      const code = await this.#runOnce(image)
      if (policy === 'Never' || (policy === 'OnFailure' && code === 0) || this.#stopping.signal.aborted) return
      if (Date.now() - since > 600_000) failures = 0
      if (failures > 0) await this.#backOff(secondsOfBackOff[Math.min(failures, secondsOfBackOff.length) - 1] ?? 300)
      if (this.#stopping.signal.aborted) return
      this.status.restartCount++
    }
  }

  get stopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /**
   * Ends it for good: a signal to ask, and a signal to force once the time is up. A second call can only shorten that.
   */
  stop(seconds: number): Promise<void> {
    if (!this.stopping) this.#process?.signal('SIGTERM')
    this.#stopping.abort()
    return this.#end(seconds)
  }

  async #end(seconds: number): Promise<void> {
    const running = this.#process
    if (!running) return
    const late = setTimeout(() => running.signal('SIGKILL'), Math.max(0, seconds) * 1000)
    await running.exit
    clearTimeout(late)
  }

  async #pull(): Promise<Image | undefined> {
    const { name, image: reference = '' } = this.container
    for (let attempt = 0; !this.#stopping.signal.aborted; attempt++) {
      const image = findImage(this.#context.node.images, reference)
      if (image) {
        this.#record(
          'Normal',
          'Pulled',
          `Container image "${reference}" already present on machine and can be accessed by the pod`,
        )
        Object.assign(this.status, { image: image.name, imageID: `flatnet://${image.program}` })
        return image
      }
      const why = `failed to pull and unpack image "${reference}": not found: this cluster has no program of the host for ${name}'s image`
      this.#record('Normal', 'Pulling', `Pulling image "${reference}"`)
      this.#record('Warning', 'Failed', `Failed to pull image "${reference}": ${why}`)
      this.#record('Warning', 'Failed', 'Error: ErrImagePull')
      this.#wait('ErrImagePull', why)
      await this.#pause(1)
      this.#record('Normal', 'BackOff', `Back-off pulling image "${reference}"`)
      this.#record('Warning', 'Failed', 'Error: ImagePullBackOff')
      this.#wait('ImagePullBackOff', `Back-off pulling image "${reference}": ErrImagePull: ${why}`)
      await this.#pause(secondsOfBackOff[Math.min(attempt, secondsOfBackOff.length - 1)] ?? 300)
    }
    return undefined
  }

  /** One run from start to end; gives the exit code. */
  async #runOnce(image: Image): Promise<number> {
    const containerID = `flatnet://${randomBytes(32).toString('hex')}`
    const log = new ContainerLog()
    const start = await this.#prepare(image)
    if (!start) return 0
    if (this.status.containerID) this.previousLog = this.log
    this.log = log
    if (this.status.state.terminated) this.status.lastState = { terminated: this.status.state.terminated }
    this.#record('Normal', 'Created', 'Container created')
    try {
      this.#process = await this.#context.node.limit(() =>
        startProcess({ ...start, output: (stream, chunk) => log.write(stream, chunk) }),
      )
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      this.#record('Warning', 'Failed', `Error: ${message}`)
      const reason = error instanceof CannotStart ? 'StartError' : 'ContainerCannotRun'
      return this.#ended(containerID, '1970-01-01T00:00:00Z', 128, log, reason, message)
    }
    const { pid, exit } = this.#process
    // Whoever stopped it while it was starting found nothing to signal.
    if (this.#stopping.signal.aborted) this.#process.signal('SIGKILL')
    const { environment, workingDirectory, capabilities } = start
    this.place = { pid, environment, workingDirectory, capabilities }
    this.#record('Normal', 'Started', 'Container started')
    const startedAt = timestamp()
    Object.assign(this.status, { containerID, state: { running: { startedAt } } })
    this.#context.changed()
    void this.#live(this.place)
    const code = await exit
    this.#probing.abort()
    this.#process = undefined
    this.place = undefined
    return this.#ended(containerID, startedAt, code, log, code === 0 ? 'Completed' : 'Error')
  }

  /** What a run needs, once all that it refers to is there; undefined when the container is stopped before. */
  async #prepare(image: Image) {
    while (!this.#stopping.signal.aborted) {
      try {
        return await prepare(this.#context, this.container, image)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        this.#record('Warning', 'Failed', `Error: ${message}`)
        this.#wait('CreateContainerConfigError', message)
        await this.#pause(1)
      }
    }
    return undefined
  }

  /** What goes on beside a running container: its probes. */
  async #live(place: Place): Promise<void> {
    this.#probing = new AbortController()
    const { signal } = this.#probing
    const { node, address } = this.#context
    const set = (changes: Partial<ContainerStatus>) => {
      if (signal.aborted) return
      Object.assign(this.status, changes)
      this.#context.changed()
    }
    if (this.kind !== 'init')
      await probeContainer(
        {
          ...{ container: this.container, address, place, prober: node.prober },
          unhealthy: (kind, message) => this.#record('Warning', 'Unhealthy', `${kind} probe failed: ${message}`),
          setStarted: (started) => set({ started }),
          setReady: (ready) => set({ ready }),
          kill: (kind, probe) =>
            void this.#kill(`Container ${this.container.name} failed ${kind} probe, will be restarted`, probe),
        },
        // Once it is told to end nobody asks whether it lives; whether it is ready, until it has ended.
        { all: signal, health: AbortSignal.any([signal, this.#stopping.signal]) },
      )
    else set({ started: true })
  }

  async #kill(why: string, probe: Probe = {}): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#record('Normal', 'Killing', why)
    this.#probing.abort()
    this.#process?.signal('SIGTERM')
    const grace = this.#context.pod().spec.terminationGracePeriodSeconds ?? 30
    await this.#end(probe.terminationGracePeriodSeconds ?? grace)
  }

  async #ended(
    containerID: string,
    startedAt: string,
    exitCode: number,
    log: ContainerLog,
    reason: string,
    error = '',
  ): Promise<number> {
    log.end()
    const message = error || (await terminationMessage(this.#context, this.container, exitCode, log))
    const terminated = {
      exitCode,
      reason,
      ...(message && { message }),
      startedAt,
      finishedAt: timestamp(),
      containerID,
    }
    const ready = this.kind === 'init' && exitCode === 0
    Object.assign(this.status, { containerID, ready, started: false, state: { terminated } satisfies ContainerState })
    this.#context.changed()
    return exitCode
  }

  async #backOff(seconds: number): Promise<void> {
    const { name, namespace, uid } = this.#context.pod().metadata
    const subject = 'restarting failed container'
    this.#record('Warning', 'BackOff', `Back-off ${subject} ${this.container.name} in pod ${name}_${namespace}(${uid})`)
    const { terminated } = this.status.state
    if (terminated) this.status.lastState = { terminated }
    this.#wait(
      'CrashLoopBackOff',
      `back-off ${seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`} ${subject}=${this.container.name} pod=${name}_${namespace}(${uid})`,
    )
    await this.#pause(seconds)
  }

  #wait(reason: string, message: string): void {
    this.status.state = { waiting: { reason, message } }
    this.#context.changed()
  }

  async #pause(seconds: number): Promise<void> {
    await sleep(seconds * 1000, undefined, { signal: this.#stopping.signal }).catch(() => {})
  }

  #record(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.node.record(this.#context.pod(), type, reason, message, this.#path)
  }
}
