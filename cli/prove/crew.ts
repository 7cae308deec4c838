import type { Worker } from '../../prover/pool.ts'
import type { Progress } from '../progress.ts'
import { onSignals } from '../signals.ts'

/** The worker processes of one proof. They end on a signal, or when the proof is over. */
export class Crew {
  readonly workers: Worker[] = []
  readonly #progress: Progress
  readonly #release: () => void
  readonly #told = new Set<string>()
  #interrupted = false

  constructor(progress: Progress) {
    this.#progress = progress
    this.#release = onSignals(async () => {
      this.#interrupted = true
      progress.say('flatnet: interrupted; removing the fault and everything that this proof created.')
      await this.end()
    })
  }

  get interrupted(): boolean {
    return this.#interrupted
  }

  /** Ends all workers, which remove their faults. Prints each thing that is left, once, and gives all of them. */
  async end(): Promise<string[]> {
    const left = (await Promise.all(this.workers.map((worker) => worker.end()))).flat()
    for (const sentence of left.filter((each) => !this.#told.has(each))) this.#progress.say(`flatnet: ${sentence}`)
    for (const sentence of left) this.#told.add(sentence)
    return left
  }

  /** Ends all workers and removes the signal handlers. An interrupted proof keeps them: a second signal ends it at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#interrupted) this.#release()
    await this.end()
  }
}
