import { sentence } from '../fixtures/errors.ts'
import { apiProblem } from '../fixtures/kube/trouble.ts'

/** What a run must undo, newest first; each is undone once, whoever asks. */
export class Undo {
  readonly #actions: { name: string; action: () => Promise<void>; here: boolean }[] = []
  #running: Promise<string[]> | undefined

  get size(): number {
    return this.#actions.length
  }

  /** `here`: something of this process, which is let go of even where what the run made is kept. */
  add(name: string, action: () => Promise<void>, here = false): void {
    this.#actions.push({ name, action, here })
  }

  /** Undoes everything; gives a sentence for each thing that could not be undone. */
  run(hereOnly = false): Promise<string[]> {
    this.#running ??= this.#run(hereOnly)
    return this.#running
  }

  async #run(hereOnly: boolean): Promise<string[]> {
    const problems: string[] = []
    for (const { name, action } of this.#actions.filter(({ here }) => here || !hereOnly).reverse()) {
      await action().catch((error: unknown) =>
        problems.push(`${name}: ${apiProblem(error)?.message || sentence(error)}`),
      )
    }
    return problems
  }
}
