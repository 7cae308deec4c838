import { setTimeout as sleep } from 'node:timers/promises'
import type { PortedPod } from '../network/host-ports.ts'
import { timestamp } from '../timestamp.ts'
import { ContainerRunner } from './container.ts'
import type { PodContext } from './container-preparation.ts'
import { hostnameOf } from './etc-files.ts'
import type { NodeContext } from './node-context.ts'
import { pause } from './pause.ts'
import type { Pod, RestartPolicy } from './pod.ts'
import { PodSandbox } from './pod-sandbox.ts'
import { isFinal, type PodState } from './pod-status.ts'
import { PodVolumes } from './pod-volumes.ts'
import { StatusWriter } from './status-writer.ts'

/** One pod on its node, from the moment when it is scheduled until it is removed. */
export class PodWorker {
  readonly runners: readonly ContainerRunner[]
  readonly #node: NodeContext
  readonly #sandbox: PodSandbox
  readonly #volumes: PodVolumes
  readonly #status: StatusWriter
  readonly #startTime = timestamp()
  readonly #stopping = new AbortController()
  readonly #life: Promise<void>
  #pod: Pod
  #termination: Promise<void> | undefined
  #deadline = Number.POSITIVE_INFINITY

  constructor(node: NodeContext, pod: Pod) {
    this.#node = node
    this.#pod = pod
    this.#sandbox = new PodSandbox(node, pod)
    this.#volumes = new PodVolumes(node.store, this.#sandbox.directory)
    this.#status = new StatusWriter(node.store, pod, (stored) => this.#stateOf(stored))
    const { initContainers = [], containers } = pod.spec
    const context = this.#context()
    this.runners = [
      ...initContainers.map(
        (each) => new ContainerRunner(context, each, each.restartPolicy === 'Always' ? 'sidecar' : 'init'),
      ),
      ...containers.map((each) => new ContainerRunner(context, each, 'app')),
    ]
    this.#life = this.#live().catch((error: Error) => this.#warn('FailedCreatePodSandBox', error.message))
  }

  /** The pod, for the node's host ports. Nothing before its network is built and after it is removed. */
  get ported(): PortedPod[] {
    const { isReady, network, addresses } = this.#sandbox
    return isReady && network ? [{ spec: this.#pod.spec, addresses }] : []
  }

  get nodeName(): string {
    return this.#node.network.name
  }

  /** Takes the newest version of the pod. */
  update(pod: Pod): void {
    this.#pod = pod
    if (pod.metadata.deletionTimestamp) void this.terminate(pod.metadata.deletionGracePeriodSeconds ?? 30)
    else {
      this.#publish()
      void this.refresh()
    }
  }

  /** Writes the files of volumes whose ConfigMaps, Secrets or pod fields have changed. */
  async refresh(): Promise<void> {
    if (this.#sandbox.isReady) await this.#volumes.fill(this.#pod).catch(() => {})
  }

  /** Stops the pod's containers within some seconds, and removes the pod. A second call can only shorten that time. */
  terminate(seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000
    if (this.#termination && deadline < this.#deadline)
      for (const runner of this.runners) if (runner.stopping || seconds <= 0) void runner.stop(seconds)
    this.#deadline = Math.min(this.#deadline, deadline)
    this.#termination ??= this.#terminate().catch((error: Error) => this.#warn('FailedKillPod', error.message))
    return this.#termination
  }

  async #live(): Promise<void> {
    this.#publish()
    await this.#untilDone('FailedCreatePodSandBox', () => this.#createSandbox())
    await this.#untilDone('FailedMount', () => this.#volumes.fill(this.#pod))
    const policy = (this.#pod.spec.restartPolicy ?? 'Always') as RestartPolicy
    const sidecars: ContainerRunner[] = []
    for (const runner of this.runners.filter(({ kind }) => kind !== 'app')) {
      if (this.#stopping.signal.aborted) return
      if (runner.kind === 'sidecar') {
        sidecars.push(runner)
        void runner.run('Always')
        await this.#untilStarted(runner)
      } else {
        await runner.run(policy === 'Always' ? 'OnFailure' : policy)
        if (!runner.status.ready) return this.#finish(sidecars)
      }
    }
    await Promise.all(this.runners.filter(({ kind }) => kind === 'app').map((runner) => runner.run(policy)))
    if (!this.#stopping.signal.aborted) await this.#finish(sidecars)
  }

  /** Ends a pod whose containers have all ended: stops its sidecars and removes its network. */
  async #finish(sidecars: readonly ContainerRunner[]): Promise<void> {
    for (const runner of sidecars.toReversed()) await runner.stop(30)
    await this.#sandbox.remove()
    this.#publish()
  }

  async #terminate(): Promise<void> {
    this.#stopping.abort()
    for (const { status, container } of this.runners)
      if (status.state.running)
        this.#node.record(this.#pod, {
          type: 'Normal',
          reason: 'Killing',
          message: `Stopping container ${container.name}`,
          fieldPath: `spec.containers{${container.name}}`,
        })
    const secondsLeft = () => (this.#deadline - Date.now()) / 1000
    const others = this.runners.filter(({ kind }) => kind !== 'sidecar')
    const sidecars = this.runners.filter(({ kind }) => kind === 'sidecar')
    await Promise.all(others.map((runner) => runner.stop(secondsLeft())))
    for (const runner of sidecars.toReversed()) await runner.stop(secondsLeft())
    await this.#life
    await this.#sandbox.remove()
    this.#publishNow()
    const { namespace, name, uid } = this.#pod.metadata
    if (this.#node.store.get('Pod', namespace, name)?.metadata.uid === uid)
      this.#node.store.remove('Pod', namespace, name)
  }

  async #createSandbox(): Promise<void> {
    try {
      await this.#sandbox.create(this.#pod, this.#hostname)
      this.#publishNow()
      await Promise.all([this.#node.hostPortsChanged(), this.#node.policiesFollowed()])
    } catch (error) {
      await this.#sandbox.clear()
      throw error
    }
  }

  /** Repeats an attempt until it succeeds or the pod is terminated. Each failure is an event of the pod. */
  async #untilDone(reason: string, attempt: () => Promise<void>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        return await attempt()
      } catch (error) {
        this.#warn(reason, (error as Error).message)
        await pause(500, this.#stopping.signal)
      }
    }
  }

  async #untilStarted(sidecar: ContainerRunner): Promise<void> {
    while (!sidecar.status.started && !this.#stopping.signal.aborted) await sleep(20)
  }

  #publish(): void {
    this.#status.schedule(() => this.#publishNow())
  }

  #publishNow(): void {
    this.#pod = this.#status.write() ?? this.#pod
  }

  #stateOf(stored: Pod): PodState {
    const { isReady, addresses } = this.#sandbox
    const hasAddresses = isReady || isFinal(stored.status?.phase) || this.#termination
    return {
      runners: this.runners,
      hostAddresses: this.#node.network.addresses.map(({ node }) => node),
      addresses: hasAddresses ? addresses : [],
      hasSandbox: isReady,
      startTime: this.#startTime,
    }
  }

  get #hostname(): string {
    return hostnameOf(this.#pod, this.#node.network.name)
  }

  #context(): PodContext {
    const { directory, network, addresses } = this.#sandbox
    return {
      node: this.#node,
      directory,
      hostname: this.#hostname,
      pod: () => this.#pod,
      network: network?.name ?? this.#node.network.name,
      address: addresses[0] ?? '',
      changed: () => this.#publish(),
    }
  }

  #warn(reason: string, message: string): void {
    this.#node.record(this.#pod, { type: 'Warning', reason, message })
  }
}
