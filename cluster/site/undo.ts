import { sentence } from '../../contract/errors.ts'
import { apiProblem } from '../kube/trouble.ts'

interface Action {
  name: string
  action: () => Promise<void>
  here: boolean
}

/** The actions that undo a run, newest first. Each is done once, even if several callers ask. */
export class Undo {
  readonly #actions: Action[] = []
  #running: Promise<string[]> | undefined

  /** `here`: the action concerns this process only, so it is done even if the run's objects are kept. */
  add(name: string, action: () => Promise<void>, here = false): void {
    this.#actions.push({ name, action, here })
  }

  /** Undoes everything. Gives a sentence for each action that failed. */
  run(hereOnly = false): Promise<string[]> {
    this.#running ??= this.#run(hereOnly)
    return this.#running
  }

  async #run(hereOnly: boolean): Promise<string[]> {
    const problems: string[] = []
    // Actions that are added meanwhile are done as well.
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
