import { randomBytes } from 'node:crypto'
import { timestamp } from '../timestamp.ts'
import { ContainerLog } from './container-log.ts'
import { type PodContext, terminationMessage } from './container-preparation.ts'
import { CannotStart, type ContainerProcess, type Start, startProcess } from './container-process.ts'
import type { ContainerKind, ContainerReport } from './container-report.ts'
import type { RunningContainer } from './exec.ts'
import type { Container, ContainerStatus, Probe } from './pod.ts'
import { probeContainer } from './probes.ts'

/** The container of a run. */
export interface RunOptions {
  readonly context: PodContext
  readonly container: Container
  readonly kind: ContainerKind
  readonly report: ContainerReport
  /** Aborts when the container is to be stopped for good. */
  readonly stopping: AbortSignal
}

/** One run of a container, from the start of its process to its end. */
export class ContainerRun {
  readonly log = new ContainerLog()
  /** What commands in the container need, while it runs. */
  running: RunningContainer | undefined
  readonly #options: RunOptions
  readonly #containerID = `flatnet://${randomBytes(32).toString('hex')}`
  #process: ContainerProcess | undefined
  #probing = new AbortController()

  constructor(options: RunOptions) {
    this.#options = options
  }

  /** Starts the process and waits for its end. Gives the exit code; 128 when it could not be started. */
  async complete(start: Omit<Start, 'output'>): Promise<number> {
    const { context, report, stopping } = this.#options
    report.record('Normal', 'Created', 'Container created')
    try {
      this.#process = await context.node.limit(() =>
        startProcess({ ...start, output: (stream, chunk) => this.log.write(stream, chunk) }),
      )
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      report.record('Warning', 'Failed', `Error: ${message}`)
      const reason = error instanceof CannotStart ? 'StartError' : 'ContainerCannotRun'
      return this.#terminated({ startedAt: '1970-01-01T00:00:00Z', exitCode: 128, reason, message })
    }
    const { pid, exit } = this.#process
    // A stop while the process was starting found no process to signal.
    if (stopping.aborted) this.#process.signal('SIGKILL')
    const { environment, workingDirectory, capabilities } = start
    this.running = { pid, environment, workingDirectory, capabilities }
    report.record('Normal', 'Started', 'Container started')
    const startedAt = timestamp()
    report.set({ containerID: this.#containerID, state: { running: { startedAt } } })
    void this.#probe(this.running)
    const exitCode = await exit
    this.#probing.abort()
    this.#process = undefined
    this.running = undefined
    return this.#terminated({ startedAt, exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' })
  }

  /** Asks the process to end. */
  terminate(): void {
    this.#process?.signal('SIGTERM')
  }

  /** Waits for the end of the process, and kills it after some seconds. */
  async killAfter(seconds: number): Promise<void> {
    const running = this.#process
    if (!running) return
    const late = setTimeout(() => running.signal('SIGKILL'), Math.max(0, seconds) * 1000)
    await running.exit
    clearTimeout(late)
  }

  /** Probes the container while it runs. */
  async #probe(running: RunningContainer): Promise<void> {
    const { context, container, kind, report, stopping } = this.#options
    this.#probing = new AbortController()
    const { signal } = this.#probing
    const set = (changes: Partial<ContainerStatus>) => {
      if (!signal.aborted) report.set(changes)
    }
    if (kind === 'init') return set({ started: true })
    await probeContainer(
      {
        container,
        address: context.address,
        running,
        prober: context.node.prober,
        unhealthy: (probe, message) => report.record('Warning', 'Unhealthy', `${probe} probe failed: ${message}`),
        setStarted: (started) => set({ started }),
        setReady: (ready) => set({ ready }),
        kill: (name, probe) =>
          void this.#kill(`Container ${container.name} failed ${name} probe, will be restarted`, probe),
      },
      // A container that is being stopped is probed for its readiness until it has ended, and no longer for its health.
      { readiness: signal, health: AbortSignal.any([signal, stopping]) },
    )
  }

  async #kill(why: string, probe: Probe): Promise<void> {
    const { context, report, stopping } = this.#options
    if (stopping.aborted) return
    report.record('Normal', 'Killing', why)
    this.#probing.abort()
    this.terminate()
    const grace = context.pod().spec.terminationGracePeriodSeconds ?? 30
    await this.killAfter(probe.terminationGracePeriodSeconds ?? grace)
  }

  /** Writes the end of the run into the status. Gives the exit code. */
  async #terminated(end: { startedAt: string; exitCode: number; reason: string; message?: string }): Promise<number> {
    const { context, container, kind, report } = this.#options
    const { startedAt, exitCode, reason } = end
    this.log.end()
    const message = end.message || (await terminationMessage(context, container, exitCode, this.log))
    const containerID = this.#containerID
    const finishedAt = timestamp()
    const terminated = { exitCode, reason, ...(message && { message }), startedAt, finishedAt, containerID }
    const ready = kind === 'init' && exitCode === 0
    report.set({ containerID, ready, started: false, state: { terminated } })
    return exitCode
  }
}
