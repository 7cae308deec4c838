import type { V1Node } from '@kubernetes/client-node'
import { isReady } from '../cluster/site/nodes.ts'

/** Something that was seen in the cluster during a watch; `at` is in milliseconds on the clock of this process. */
export interface Happening {
  at: number
  /** A sentence about one node, or about the API. */
  says: string
  node?: string
}

interface State {
  isReady: boolean
  isCordoned: boolean
}

/** Notices what changes about nodes. */
export class NodeNews {
  readonly #tell: (says: string, node: string) => void
  #known: Map<string, State> | undefined

  constructor(tell: (says: string, node: string) => void) {
    this.#tell = tell
  }

  /** Whether a node is known to be gone or not Ready. */
  isAway(node: string): boolean {
    return this.#known !== undefined && this.#known.get(node)?.isReady !== true
  }

  /** Takes all nodes as they are now. The first time nothing is news. */
  see(nodes: readonly V1Node[]): void {
    const now = new Map(
      nodes.map((node) => [
        node.metadata?.name ?? '',
        { isReady: isReady(node), isCordoned: node.spec?.unschedulable === true },
      ]),
    )
    const before = this.#known
    this.#known = now
    if (!before) return
    for (const [name, state] of now) {
      const old = before.get(name)
      if (!old) this.#tell(`node ${name} joined`, name)
      else {
        if (old.isReady !== state.isReady)
          this.#tell(`node ${name} is ${state.isReady ? 'Ready again' : 'not Ready'}`, name)
        if (old.isCordoned !== state.isCordoned)
          this.#tell(`node ${name} is ${state.isCordoned ? 'cordoned' : 'no longer cordoned'}`, name)
      }
    }
    for (const name of before.keys()) if (!now.has(name)) this.#tell(`node ${name} was deleted`, name)
  }
}
