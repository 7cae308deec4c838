import { setTimeout as delay } from 'node:timers/promises'
import { onNode } from '../cluster/commands.ts'
import type { KubeApi } from '../cluster/kube/api.ts'
import { apiProblem } from '../cluster/kube/trouble.ts'
import type { ClusterFacts } from '../contract/cluster.ts'
import { sentence, Trouble } from '../contract/errors.ts'
import type { Topology } from '../contract/topology.ts'
import type { Meanwhile, Step } from '../faults/fault.ts'
import { contains, create, read, remove, write } from './objects.ts'
import { noteOf, type OnNode, putScript, takeScript, toolScript } from './scripts.ts'

const TRIES = 3
const AGAIN_MS = 1_000

/** Checks that every node has the programs that inject faults. @throws Trouble with the missing programs of a node. */
export async function checkNodes(facts: ClusterFacts): Promise<void> {
  await Promise.all(
    Object.keys(facts.nodeShell).map(async (node) => {
      const missing = (await onNode(facts, node, toolScript)).trim().split(' ').filter(Boolean)
      if (missing.length > 0)
        throw new Trouble(`node ${node} has no ${missing.join(', no ')}; faults need it, so no fault was injected.`)
    }),
  )
}

type Repair = { path: string; back: object } | { path: string; delete: true }

interface Ground {
  api: KubeApi
  facts: ClusterFacts
  topology: Topology
  /** Stores outside the cluster how to undo changes to the API. It is called before the changes are made. */
  remember: (undo: Repair[]) => void
}

/** A change to an object of the API: how to make it, undo it, and check that it is in place. */
interface Change {
  path: string
  undo: Repair
  make: (api: KubeApi) => Promise<unknown>
  unmake: (api: KubeApi) => Promise<unknown>
  holds: (api: KubeApi) => Promise<boolean>
}

function changeOf(step: Step): Change[] {
  if ('path' in step) {
    const { path, patch, back } = step
    return [
      {
        path,
        undo: { path, back },
        make: (api) => write(api, path, patch),
        unmake: (api) => write(api, path, back),
        holds: async (api) => contains(await read(api, path), patch),
      },
    ]
  }
  if (!('object' in step)) return []
  const path = `${step.collection}/${step.object.metadata.name}`
  return [
    {
      path,
      undo: { path, delete: true },
      make: (api) => create(api, step.collection, step.object),
      unmake: (api) => remove(api, path),
      holds: async (api) => (await read(api, path)) !== undefined,
    },
  ]
}

/** One fault in one cluster: injects it, checks that it stays in place, and removes it. */
export class InjectedFault {
  readonly #id: string
  readonly #ground: Ground
  readonly #nodes: Map<string, OnNode[]>
  readonly #changes: Change[]
  readonly #meanwhiles: Meanwhile[]
  readonly #aborter = new AbortController()
  #acted = 0
  #ends: (() => Promise<unknown>)[] = []
  #entering: Promise<void> = Promise.resolve()

  constructor(id: string, steps: readonly Step[], ground: Ground) {
    this.#id = id
    this.#ground = ground
    this.#changes = steps.flatMap(changeOf)
    this.#meanwhiles = steps.filter((step) => 'begin' in step)
    const onNodes: OnNode[] = [
      ...steps.filter((step) => 'node' in step),
      ...this.#meanwhiles.flatMap(({ leaves = [] }) => leaves),
    ]
    this.#nodes = Map.groupBy(onNodes, ({ node }) => node)
  }

  /** Writes the undo scripts, then injects everything and verifies it. @throws Trouble if the fault did not take effect. */
  inject(): Promise<void> {
    this.#entering = this.#inject()
    return this.#entering
  }

  async #inject(): Promise<void> {
    const { api, facts, topology, remember } = this.#ground
    const put = await Promise.allSettled(
      [...this.#nodes].map(([node, steps]) =>
        onNode(facts, node, putScript(this.#id, node, steps)).catch((error: unknown) => {
          throw new Trouble(`fault ${this.#id} did not take effect on ${node}: ${sentence(error)}`)
        }),
      ),
    )
    const failed = put.find((each) => each.status === 'rejected')
    if (failed) throw failed.reason
    remember(this.#changes.map(({ undo }) => undo))
    for (const { path, make, holds } of this.#changes) {
      await make(api)
      if (!(await holds(api))) throw new Trouble(`fault ${this.#id} did not take effect: ${path} did not change`)
    }
    const run = (node: string, script: string) => onNode(facts, node, script)
    const stage = { api, topology, shell: run, signal: this.#aborter.signal }
    for (const { begin } of this.#meanwhiles) {
      this.#ends.push(
        await begin(stage, () => {
          this.#acted += 1
        }),
      )
    }
  }

  /** Why the fault was not in effect while the scenarios ran; undefined if it was in effect. */
  async doubt(): Promise<string | undefined> {
    if (this.#meanwhiles.length > 0 && this.#acted === 0)
      return 'the fault broke nothing: no scenario made an object that it acts on'
    for (const { path, holds } of this.#changes) {
      if (!(await holds(this.#ground.api))) return `another process reverted the change to ${path}`
    }
    return undefined
  }

  /** Removes everything and verifies it. Gives a sentence for each thing that is left. */
  async remove(): Promise<string[]> {
    this.#aborter.abort()
    await Promise.allSettled([this.#entering])
    const { api, facts, remember } = this.#ground
    const trouble = (text: string) => (error: unknown) => [`${text} (${apiProblem(error)?.message || sentence(error)})`]
    const ended = await Promise.all(
      this.#ends.splice(0).map((end) => end().then(() => [], trouble(`fault ${this.#id} could not be removed`))),
    )
    const nodes = [...this.#nodes].map(([node, steps]) =>
      again(() => onNode(facts, node, takeScript(this.#id, node, steps))).then(
        () => [],
        trouble(`fault ${this.#id} is still in place on ${node}; remove it there with: sh ${noteOf(this.#id, node)}`),
      ),
    )
    const changes = this.#changes.map(({ path, unmake }) =>
      again(() => unmake(api)).then(() => [], trouble(`${path} is still changed; flatnet clean reverts it`)),
    )
    const left = [...ended, ...(await Promise.all([...nodes, ...changes]))].flat()
    if (left.length === 0) remember([])
    return left
  }
}

/** Retries an action, because a fault must not stay in the cluster. Rejects with its last error. */
async function again<T>(action: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await action()
    } catch (error) {
      if (turn === TRIES) throw error
      await delay(AGAIN_MS)
    }
  }
}

export type { Repair }
