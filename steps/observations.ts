import type { Observed } from '../contract/conversation.ts'
import type { NonConformance } from '../contract/errors.ts'
import type { Evidence } from '../contract/media.ts'
import type { Topology } from '../contract/topology.ts'
import type { Outcome } from '../probe/protocol.ts'
import { Paths } from '../promises/conversations/paths.ts'
import { evidenceOf } from './evidence.ts'

/** The conversations of one scenario: those of its When, their controls, and the evidence for the report. */
export class Observations {
  /** The conversations of the When, and their controls. Reading them does not count as a claim. */
  all: readonly Observed[] = []
  controls: readonly Observed[] = []
  /** All conversations of the scenario, those of its waits too. */
  readonly paths = new Paths()
  readonly #flows: Outcome[] = []
  readonly #taken: Observed[] = []
  #judged = true

  /** Takes conversations, and the controls that were opened at the same time. */
  take(all: readonly Observed[], controls: readonly Observed[] = []): void {
    this.all = all
    this.controls = controls
    this.#judged = false
    this.#taken.push(...all, ...controls)
    this.#flows.push(...[...all, ...controls].map(({ outcome }) => outcome))
  }

  /** Takes further conversations of the same batch. */
  add(all: readonly Observed[], controls: readonly Observed[]): void {
    this.take([...this.all, ...all], [...this.controls, ...controls])
  }

  /** The conversations of the When, for a Then that makes a claim about them. */
  judge(): readonly Observed[] {
    this.#judged = true
    return this.all
  }

  /** Whether a conversation failed and no Then has claimed anything about it. */
  get unjudged(): boolean {
    return !this.#judged && this.all.some(({ outcome }) => outcome.failure !== undefined)
  }

  /** The evidence for the report, with the conversations that broke the promise first. */
  evidence(broken: NonConformance | undefined, topology: Topology): Evidence {
    return evidenceOf(this.#flows, broken, this.paths.counted(topology, [...this.#taken, ...this.all], broken))
  }
}
