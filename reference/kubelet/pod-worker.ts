import { mkdir, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { shell } from '../network/commands.ts'
import type { PortedPod } from '../network/host-ports.ts'
import { buildPod, type PodNetwork, planPod, removePod } from '../network/pods.ts'
import { timestamp } from '../timestamp.ts'
import { ContainerRunner } from './container.ts'
import type { PodContext } from './container-preparation.ts'
import { etcFiles, hostnameOf } from './etc-files.ts'
import type { NodeContext } from './node-context.ts'
import { asPod, type Pod, type PodStatus, type RestartPolicy } from './pod.ts'
import { isFinal, podStatus } from './pod-status.ts'
import { volumeFiles, writeFiles } from './volumes.ts'

/** One pod on its node, from the moment it is scheduled until nothing is left of it. */
export class PodWorker {
  readonly runners: readonly ContainerRunner[]
  readonly #node: NodeContext
  readonly #directory: string
  readonly #place: number | undefined
  readonly #network: PodNetwork | undefined
  readonly #startTime = timestamp()
  readonly #written = new Map<string, string>()
  readonly #stopping = new AbortController()
  readonly #life: Promise<void>
  #pod: Pod
  #sandbox = false
  #removed = false
  #publishing = false
  #terminated: Promise<void> | undefined
  #deadline = Number.POSITIVE_INFINITY

  constructor(node: NodeContext, pod: Pod) {
    this.#node = node
    this.#pod = pod
    this.#directory = `/run/pods/${pod.metadata.uid}`
    this.#place = pod.spec.hostNetwork ? undefined : node.pool.take()
    this.#network = this.#place === undefined ? undefined : planPod(node.network, this.#place)
    const { initContainers = [], containers } = pod.spec
    const context = this.#context()
    this.runners = [
      ...initContainers.map(
        (each) => new ContainerRunner(context, each, each.restartPolicy === 'Always' ? 'sidecar' : 'init'),
      ),
      ...containers.map((each) => new ContainerRunner(context, each, 'app')),
    ]
    this.#life = this.#live().catch((error: Error) => this.#record('Warning', 'FailedCreatePodSandBox', error.message))
  }

  /** What the node's own ports may lead to: nothing before the pod's network stands or after it went. */
  get ported(): PortedPod[] {
    return this.#sandbox && this.#network ? [{ spec: this.#pod.spec, addresses: this.addresses }] : []
  }

  get nodeName(): string {
    return this.#node.network.name
  }

  get addresses(): readonly string[] {
    return this.#network?.addresses ?? this.#hostAddresses
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

  /** Writes the volumes again that ConfigMaps, Secrets or the pod's own fields fill, where these have changed. */
  async refresh(): Promise<void> {
    if (this.#sandbox) await this.#fillVolumes().catch(() => {})
  }

  /** Ends the pod's containers within so many seconds, and everything else of it. */
  terminate(seconds: number): Promise<void> {
    const deadline = Date.now() + seconds * 1000
    // A second call can only shorten the first.
    if (this.#terminated && deadline < this.#deadline)
      for (const runner of this.runners) if (runner.stopping || seconds <= 0) void runner.stop(seconds)
    this.#deadline = Math.min(this.#deadline, deadline)
    this.#terminated ??= this.#terminate().catch((error: Error) =>
      this.#record('Warning', 'FailedKillPod', error.message),
    )
    return this.#terminated
  }

  async #live(): Promise<void> {
    this.#publish()
    await this.#untilDone('FailedCreatePodSandBox', () => this.#makeSandbox().catch((error) => this.#clear(error)))
    await this.#untilDone('FailedMount', () => this.#fillVolumes())
    const policy = (this.#pod.spec.restartPolicy ?? 'Always') as RestartPolicy
    const sidecars: ContainerRunner[] = []
    for (const runner of this.runners.filter(({ kind }) => kind !== 'app')) {
      if (this.#stopping.signal.aborted) return
      if (runner.kind === 'sidecar') {
        sidecars.push(runner)
        void runner.run('Always')
        await this.#until(() => runner.status.started)
      } else {
        await runner.run(policy === 'Always' ? 'OnFailure' : policy)
        if (!runner.status.ready) return this.#finish(sidecars)
      }
    }
    await Promise.all(this.runners.filter(({ kind }) => kind === 'app').map((runner) => runner.run(policy)))
    if (!this.#stopping.signal.aborted) await this.#finish(sidecars)
  }

  /** The pod has done its work: what served it ends, and its network goes. */
  async #finish(sidecars: readonly ContainerRunner[]): Promise<void> {
    for (const runner of sidecars.toReversed()) await runner.stop(30)
    await this.#removeSandbox()
    this.#publish()
  }

  async #terminate(): Promise<void> {
    this.#stopping.abort()
    for (const { status, container } of this.runners)
      if (status.state.running)
        this.#record('Normal', 'Killing', `Stopping container ${container.name}`, `spec.containers{${container.name}}`)
    const left = () => (this.#deadline - Date.now()) / 1000
    const others = this.runners.filter(({ kind }) => kind !== 'sidecar')
    await Promise.all(others.map((runner) => runner.stop(left())))
    for (const runner of this.runners.filter(({ kind }) => kind === 'sidecar').toReversed()) await runner.stop(left())
    await this.#life
    await this.#removeSandbox()
    this.#publishNow()
    const { namespace, name, uid } = this.#pod.metadata
    if (this.#node.store.get('Pod', namespace, name)?.metadata.uid === uid)
      this.#node.store.remove('Pod', namespace, name)
  }

  async #makeSandbox(): Promise<void> {
    const { network, limit } = this.#node
    const containers = this.runners.map(({ container }) => `${this.#directory}/containers/${container.name}`)
    const etc = etcFiles(this.#pod, this.#hostname, this.addresses, this.#node.resolver)
    for (const directory of [...containers, `${this.#directory}/etc`]) await mkdir(directory, { recursive: true })
    for (const [name, content] of Object.entries(etc)) await writeFile(`${this.#directory}/etc/${name}`, content)
    for (const { name } of this.#pod.spec.volumes ?? []) {
      await mkdir(`${this.#directory}/volumes/${name}`, { recursive: true, mode: 0o777 })
    }
    const pipes = `mkfifo ${containers.flatMap((directory) => [`${directory}/out`, `${directory}/err`]).join(' ')}\n`
    const planned = this.#network
    await limit<[], unknown>(() => (planned ? buildPod(network, planned, pipes) : shell(pipes)))
    this.#sandbox = true
    this.#publishNow()
    await this.#node.hostPortsChanged()
  }

  async #removeSandbox(): Promise<void> {
    if (this.#removed) return
    this.#removed = true
    await this.#clear()
    if (this.#place !== undefined) this.#node.pool.release(this.#place)
  }

  /**
   * Takes away what there is of the pod's network and files, be it half built; throws what kept it from being built.
   */
  async #clear(failure?: Error): Promise<void> {
    const { network, hostPortsChanged } = this.#node
    this.#sandbox = false
    await hostPortsChanged()
    if (this.#network) await removePod(network, this.#network)
    await rm(this.#directory, { recursive: true, force: true })
    if (failure) throw failure
  }

  /** Tries until it succeeds or the pod is to go, and writes down why it failed. */
  async #untilDone(failure: string, attempt: () => Promise<void>): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        return await attempt()
      } catch (error) {
        this.#record('Warning', failure, (error as Error).message)
        await sleep(500, undefined, { signal: this.#stopping.signal }).catch(() => {})
      }
    }
  }

  async #fillVolumes(): Promise<void> {
    for (const volume of this.#pod.spec.volumes ?? []) {
      try {
        const files = volumeFiles(this.#node.store, this.#pod, volume)
        const digest = JSON.stringify(files)
        if (!files || this.#written.get(volume.name) === digest) continue
        this.#written.set(volume.name, digest)
        await writeFiles(`${this.#directory}/volumes/${volume.name}`, files)
      } catch (error) {
        throw new Error(`MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`)
      }
    }
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.#stopping.signal.aborted) await sleep(20)
  }

  /** Writes the status soon, once for all that changes in one go. */
  #publish(): void {
    if (this.#publishing) return
    this.#publishing = true
    setImmediate(() => this.#publishNow())
  }

  #publishNow(): void {
    this.#publishing = false
    const { namespace, name, uid } = this.#pod.metadata
    this.#node.store.update('Pod', namespace, name, (object) => {
      if (object.metadata.uid !== uid) return
      const status: PodStatus = podStatus(asPod(object), {
        ...{
          runners: this.runners,
          hostAddresses: this.#hostAddresses,
          sandbox: this.#sandbox,
          startTime: this.#startTime,
        },
        addresses: this.#sandbox || isFinal(asPod(object).status?.phase) || this.#terminated ? this.addresses : [],
      })
      object.status = structuredClone(status)
    })
    const stored = this.#node.store.get('Pod', namespace, name)
    if (stored && stored.metadata.uid === uid) this.#pod = asPod(stored)
  }

  get #hostname(): string {
    return hostnameOf(this.#pod, this.#node.network.name)
  }

  get #hostAddresses(): string[] {
    return this.#node.network.addresses.map(({ node }) => node)
  }

  #context(): PodContext {
    return {
      ...{ node: this.#node, directory: this.#directory, hostname: this.#hostname },
      pod: () => this.#pod,
      network: this.#network?.name ?? this.#node.network.name,
      address: this.addresses[0] ?? '',
      changed: () => this.#publish(),
    }
  }

  #record(type: 'Normal' | 'Warning', reason: string, message: string, path?: string): void {
    this.#node.record(this.#pod, type, reason, message, path)
  }
}
