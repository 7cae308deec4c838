import { backOffSeconds, durationText } from './back-off.ts'
import { ContainerLog } from './container-log.ts'
import { type PodContext, prepare } from './container-preparation.ts'
import { type ContainerKind, ContainerReport } from './container-report.ts'
import { ContainerRun } from './container-run.ts'
import type { RunningContainer } from './exec.ts'
import type { Image } from './image.ts'
import { pullImage } from './image-pull.ts'
import { pause } from './pause.ts'
import type { Container, ContainerStatus, RestartPolicy } from './pod.ts'

/** Milliseconds. A run that was longer than this resets the back-off. */
const longRun = 600_000

/** One container of a pod through all of its runs. */
export class ContainerRunner {
  readonly container: Container
  readonly kind: ContainerKind
  log = new ContainerLog()
  previousLog: ContainerLog | undefined
  readonly #context: PodContext
  readonly #report: ContainerReport
  readonly #stopping = new AbortController()
  #run: ContainerRun | undefined

  constructor(context: PodContext, container: Container, kind: ContainerKind) {
    this.#context = context
    this.container = container
    this.kind = kind
    this.#report = new ContainerReport(context, container, kind)
  }

  get status(): ContainerStatus {
    return this.#report.status
  }

  get stopping(): boolean {
    return this.#stopping.signal.aborted
  }

  /** What commands in the container need, while it runs. */
  get running(): RunningContainer | undefined {
    return this.#run?.running
  }

  /** Runs the container as often as the policy says. Settles when it will not run again. */
  async run(policy: RestartPolicy): Promise<void> {
    const { images } = this.#context.node
    const pull = { images, container: this.container, report: this.#report, signal: this.#stopping.signal }
    for (let failures = 0; !this.stopping; failures++) {
      const since = Date.now()
      const image = await pullImage(pull)
      if (!image) return
      const code = await this.#runOnce(image)
      if (policy === 'Never' || (policy === 'OnFailure' && code === 0) || this.stopping) return
      if (Date.now() - since > longRun) failures = 0
      if (failures > 0) await this.#backOff(backOffSeconds(failures - 1))
      if (this.stopping) return
      this.status.restartCount++
    }
  }

  /**
   * Stops the container for good: SIGTERM, and SIGKILL after some seconds. A second call can only shorten that time.
   * Settles when the container has ended.
   */
  async stop(seconds: number): Promise<void> {
    if (!this.stopping) this.#run?.terminate()
    this.#stopping.abort()
    await this.#run?.killAfter(seconds)
  }

  /** Runs the container from its start to its end. Gives the exit code. */
  async #runOnce(image: Image): Promise<number> {
    const start = await this.#prepare(image)
    if (!start) return 0
    const run = new ContainerRun({
      context: this.#context,
      container: this.container,
      kind: this.kind,
      report: this.#report,
      stopping: this.#stopping.signal,
    })
    this.#run = run
    if (this.status.containerID) this.previousLog = this.log
    this.log = run.log
    this.#keepLastState()
    return run.complete(start)
  }

  /**
   * The options of a run, once everything exists that they refer to; undefined when the container is stopped before.
   */
  async #prepare(image: Image) {
    while (!this.stopping) {
      try {
        return await prepare(this.#context, this.container, image)
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        this.#report.record('Warning', 'Failed', `Error: ${message}`)
        this.#report.wait('CreateContainerConfigError', message)
        await pause(1000, this.#stopping.signal)
      }
    }
    return undefined
  }

  async #backOff(seconds: number): Promise<void> {
    const { name, namespace, uid } = this.#context.pod().metadata
    const pod = `${name}_${namespace}(${uid})`
    const container = this.container.name
    this.#report.record('Warning', 'BackOff', `Back-off restarting failed container ${container} in pod ${pod}`)
    this.#keepLastState()
    const message = `back-off ${durationText(seconds)} restarting failed container=${container} pod=${pod}`
    this.#report.wait('CrashLoopBackOff', message)
    await pause(1000 * seconds, this.#stopping.signal)
  }

  #keepLastState(): void {
    const { terminated } = this.status.state
    if (terminated) this.status.lastState = { terminated }
  }
}
