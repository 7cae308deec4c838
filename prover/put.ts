import { setTimeout as delay } from 'node:timers/promises'
import { execa } from 'execa'
import type { ApiStep, Meanwhile, NodeStep, Step } from '../faults/fault.ts'
import type { ClusterFacts } from '../fixtures/clusters/cluster.ts'
import { sentence, Trouble } from '../fixtures/errors.ts'
import type { KubeApi } from '../fixtures/kube/api.ts'
import type { Topology } from '../fixtures/topology.ts'
import { contains, read, write } from './objects.ts'
import { noteOf, putScript, takeScript } from './scripts.ts'

const SHELL_MS = 60_000
const TRIES = 3
const AGAIN_MS = 1_000

/** Runs a script in a node's root network namespace; gives its stdout. */
export async function shell(facts: ClusterFacts, node: string, script: string): Promise<string> {
  const [command, ...words] = facts.nodeShell[node] ?? []
  if (command === undefined) throw new Trouble(`there is no way to run commands on node ${node}.`)
  try {
    const { stdout } = await execa(command, [...words, 'sh', '-ec', script], { stdin: 'ignore', timeout: SHELL_MS })
    return stdout
  } catch (error) {
    const { stderr = '', shortMessage = '' } = error as { stderr?: string; shortMessage?: string }
    const line = stderr.trim().split('\n').at(-1)
    throw new Trouble(line || shortMessage.split('\n')[0] || sentence(error))
  }
}

const isNodeStep = (step: Step): step is NodeStep => 'node' in step
const isApiStep = (step: Step): step is ApiStep => 'path' in step
const isMeanwhile = (step: Step): step is Meanwhile => 'during' in step

interface Ground {
  api: KubeApi
  facts: ClusterFacts
  topology: Topology
  /** Remembers outside of the cluster what undoes a change to the API, before it is made. */
  remember: (undo: { path: string; back: object }[]) => void
}

/** A fault that is in. */
export class Put {
  readonly #id: string
  readonly #ground: Ground
  readonly #nodes = new Map<string, NodeStep[]>()
  readonly #objects: ApiStep[]
  readonly #meanwhiles: Meanwhile[]
  readonly #aborter = new AbortController()
  #acted = 0
  #going: Promise<void>[] = []
  #trouble: unknown

  constructor(id: string, steps: readonly Step[], ground: Ground) {
    this.#id = id
    this.#ground = ground
    this.#objects = steps.filter(isApiStep)
    this.#meanwhiles = steps.filter(isMeanwhile)
    const onNodes = [...steps.filter(isNodeStep), ...this.#meanwhiles.flatMap(({ leaves }) => leaves ?? [])]
    for (const step of onNodes) this.#nodes.set(step.node, [...(this.#nodes.get(step.node) ?? []), step])
  }

  /** Puts everything in, undo notes first, and sees that it is. @throws Trouble where it did not take. */
  async in(): Promise<void> {
    const { api, facts, topology, remember } = this.#ground
    await Promise.all(
      [...this.#nodes].map(([node, steps]) =>
        shell(facts, node, putScript(this.#id, node, steps)).catch((error: unknown) => {
          throw new Trouble(`${this.#id} did not take on ${node}: ${sentence(error)}`)
        }),
      ),
    )
    remember(this.#objects.map(({ path, back }) => ({ path, back })))
    for (const { path, patch } of this.#objects) {
      await write(api, path, patch)
      if (!contains(await read(api, path), patch)) throw new Trouble(`${this.#id} did not take: ${path} is as it was`)
    }
    const stage = {
      api,
      topology,
      shell: (node: string, script: string) => shell(facts, node, script),
      signal: this.#aborter.signal,
    }
    this.#going = this.#meanwhiles.map(({ during }) =>
      during(stage, () => {
        this.#acted += 1
      }).catch((error: unknown) => {
        if (!stage.signal.aborted) this.#trouble = error
      }),
    )
  }

  /** What kept the fault from being one while scenarios ran; undefined where it was in all the time. */
  async doubt(): Promise<string | undefined> {
    const { api } = this.#ground
    if (this.#trouble !== undefined) return sentence(this.#trouble)
    if (this.#meanwhiles.length > 0 && this.#acted === 0) return 'nothing came by that it could break'
    for (const { path, patch } of this.#objects) {
      if (!contains(await read(api, path), patch)) return `${path} was put right by somebody else`
    }
    return undefined
  }

  /** Takes everything out, and sees that it is; gives a sentence for whatever is left. */
  async out(): Promise<string[]> {
    this.#aborter.abort()
    await Promise.all(this.#going)
    const { api, facts, remember } = this.#ground
    const nodes = [...this.#nodes].map(([node, steps]) =>
      again(() => shell(facts, node, takeScript(this.#id, node, steps))).then(
        () => [],
        (error: unknown) => [
          `${this.#id} is still in on ${node} (${sentence(error)}); this takes it out there: sh ${noteOf(this.#id, node)}`,
        ],
      ),
    )
    const objects = this.#objects.map(({ path, back }) =>
      again(() => write(api, path, back)).then(
        () => [],
        (error: unknown) => [`${path} is still patched (${sentence(error)}); flatnet clean patches it back`],
      ),
    )
    const left = (await Promise.all([...nodes, ...objects])).flat()
    if (left.length === 0) remember([])
    return left
  }
}

/** Out it must be: what fails is tried again. */
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
