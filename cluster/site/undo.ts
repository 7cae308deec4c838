import { sentence } from '../../contract/errors.ts'
import { apiProblem } from '../kube/trouble.ts'

interface Action {
  name: string
  action: () => Promise<void>
  here: boolean
}

/** What a run must undo, newest first; each is undone once, whoever asks. */
export class Undo {
  readonly #actions: Action[] = []
  #running: Promise<string[]> | undefined

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
    // What is added while this goes on is undone as well.
    for (let next = this.#next(hereOnly); next; next = this.#next(hereOnly)) {
      const { name, action } = next
      await action().catch((error: unknown) =>
        problems.push(`${name}: ${apiProblem(error)?.message || sentence(error)}`),
      )
    }
    return problems
  }

  #next(hereOnly: boolean): Action | undefined {
    const index = this.#actions.findLastIndex(({ here }) => here || !hereOnly)
    return index < 0 ? undefined : this.#actions.splice(index, 1)[0]
  }
}
