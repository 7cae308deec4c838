import { sentence } from '../fixtures/errors.ts'
import { apiProblem } from '../fixtures/kube/trouble.ts'

/** What a run must undo, newest first; each is undone once, whoever asks. */
export class Undo {
  readonly #actions: { name: string; action: () => Promise<void> }[] = []
  #running: Promise<string[]> | undefined

  get size(): number {
    return this.#actions.length
  }

  add(name: string, action: () => Promise<void>): void {
    this.#actions.push({ name, action })
  }

  /** Undoes everything; gives a sentence for each thing that could not be undone. */
  run(): Promise<string[]> {
    this.#running ??= this.#run()
    return this.#running
  }

  async #run(): Promise<string[]> {
    const problems: string[] = []
    for (const { name, action } of this.#actions.reverse()) {
      await action().catch((error: unknown) =>
        problems.push(`${name}: ${apiProblem(error)?.message || sentence(error)}`),
      )
    }
    return problems
  }
}
