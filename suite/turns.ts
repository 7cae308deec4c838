/** The share of the turns from which on a group lets others go first. */
const SHARE = 1 / 3

/**
 * Runs tasks side by side, at most `concurrency` of them. A task takes its turn in the order of the calls, but if its group has a third of
 * the turns already, it lets those of others go first.
 */
export class Turns {
  readonly #waiting: { group: string | undefined; begin: () => void }[] = []
  readonly #running = new Map<string | undefined, number>()
  #concurrency: number

  constructor(concurrency: number) {
    this.#concurrency = concurrency
  }

  get concurrency(): number {
    return this.#concurrency
  }

  set concurrency(concurrency: number) {
    this.#concurrency = concurrency
    this.#next()
  }

  /** Runs a task when it is its turn; settles as the task does. */
  async take<T>(group: string | undefined, task: () => Promise<T>): Promise<T> {
    const turn = Promise.withResolvers<void>()
    this.#waiting.push({ group, begin: turn.resolve })
    this.#next()
    await turn.promise
    try {
      return await task()
    } finally {
      this.#count(group, -1)
      this.#next()
    }
  }

  #next(): void {
    const most = this.#concurrency * SHARE
    while (this.#all < this.#concurrency) {
      const first = this.#waiting.findIndex(({ group }) => group === undefined || this.#of(group) < most)
      // Where all that wait are of full groups, no turn is left unused.
      const [next] = this.#waiting.splice(Math.max(0, first), 1)
      if (!next) return
      this.#count(next.group, 1)
      next.begin()
    }
  }

  get #all(): number {
    return [...this.#running.values()].reduce((sum, each) => sum + each, 0)
  }

  #of(group: string | undefined): number {
    return this.#running.get(group) ?? 0
  }

  #count(group: string | undefined, by: number): void {
    this.#running.set(group, this.#of(group) + by)
  }
}
