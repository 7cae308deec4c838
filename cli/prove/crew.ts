import type { Worker } from '../../prover/pool.ts'
import type { Progress } from '../progress.ts'
import { onSignals } from '../signals.ts'

/** The worker processes of one proof: they are ended on a signal, or when the proof is over. */
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
      progress.say('flatnet: interrupted; taking out what is in and taking back what was made.')
      await this.end()
    })
  }

  get interrupted(): boolean {
    return this.#interrupted
  }

  /** Ends all workers, which take their faults out; says what they could not take out, once, and gives it. */
  async end(): Promise<string[]> {
    const left = (await Promise.all(this.workers.map((worker) => worker.end()))).flat()
    for (const sentence of left.filter((each) => !this.#told.has(each))) this.#progress.say(`flatnet: ${sentence}`)
    for (const sentence of left) this.#told.add(sentence)
    return left
  }

  /** Ends all workers and lets go of the signals; a second signal still ends an interrupted proof at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#interrupted) this.#release()
    await this.end()
  }
}
