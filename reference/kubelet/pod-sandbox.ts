import { mkdir, rm, writeFile } from 'node:fs/promises'
import { shell } from '../network/commands.ts'
import { buildPod, type PodNetwork, planPod, removePod } from '../network/pods.ts'
import { etcFiles } from './etc-files.ts'
import type { NodeContext } from './node-context.ts'
import type { Pod } from './pod.ts'

/** A pod's network, and its directory on the node. A pod on the host's network has a directory alone. */
export class PodSandbox {
  readonly directory: string
  readonly network: PodNetwork | undefined
  readonly #node: NodeContext
  readonly #addressNumber: number | undefined
  #isReady = false
  #isRemoved = false

  constructor(node: NodeContext, pod: Pod) {
    this.#node = node
    this.directory = `/run/pods/${pod.metadata.uid}`
    this.#addressNumber = pod.spec.hostNetwork ? undefined : node.pool.take()
    this.network = this.#addressNumber === undefined ? undefined : planPod(node.network, this.#addressNumber)
  }

  /** Whether the network and the directory exist. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** The addresses of the pod, or of its node when it is on the host's network. */
  get addresses(): readonly string[] {
    return this.network?.addresses ?? this.#node.network.addresses.map(({ node }) => node)
  }

  /** Builds the network and the directory. */
  async create(pod: Pod, hostname: string): Promise<void> {
    const { network, limit, resolver } = this.#node
    const { initContainers = [], containers, volumes = [] } = pod.spec
    const own = [...initContainers, ...containers].map(({ name }) => `${this.directory}/containers/${name}`)
    const etc = etcFiles(pod, hostname, this.addresses, resolver)
    for (const directory of [...own, `${this.directory}/etc`]) await mkdir(directory, { recursive: true })
    for (const [name, content] of Object.entries(etc)) await writeFile(`${this.directory}/etc/${name}`, content)
    for (const { name } of volumes) await mkdir(`${this.directory}/volumes/${name}`, { recursive: true, mode: 0o777 })
    const pipes = `mkfifo ${own.flatMap((directory) => [`${directory}/out`, `${directory}/err`]).join(' ')}\n`
    const planned = this.network
    await limit<[], unknown>(() => (planned ? buildPod(network, planned, pipes) : shell(pipes)))
    this.#isReady = true
  }

  /** Removes what exists of the network and the directory. The pod's address stays reserved. */
  async clear(): Promise<void> {
    const { network, hostPortsChanged } = this.#node
    this.#isReady = false
    await hostPortsChanged()
    if (this.network) await removePod(network, this.network)
    await rm(this.directory, { recursive: true, force: true })
  }

  /** Removes everything of the sandbox, once. */
  async remove(): Promise<void> {
    if (this.#isRemoved) return
    this.#isRemoved = true
    await this.clear()
    if (this.#addressNumber !== undefined) this.#node.pool.release(this.#addressNumber)
  }
}
