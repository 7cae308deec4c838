import type { Row } from '../../contract/row.ts'
import type { Result, Running } from '../../reports/model.ts'
import { PLAIN_MS, type Progress } from '../progress.ts'
import { slowest, timeLeft, usualOf, type Work } from './estimate.ts'

const LIVE = 1_000

/** Where a run is: how many rows are done, what is broken, what is slow, and about how long it takes. */
export class Live {
  readonly #progress: Progress
  readonly #total: number
  readonly #work: Work
  readonly #started = Date.now()
  readonly #broken = new Set<string>()
  #done = 0

  constructor(rows: readonly Row[], progress: Progress) {
    this.#progress = progress
    this.#total = rows.length
    this.#work = { all: rows.reduce((sum, row) => sum + usualOf(row), 0), done: 0 }
  }

  take(result: Result): void {
    this.#done += 1
    this.#work.done += usualOf(result)
    if (result.status === 'failed') this.#broken.add(result.id)
  }

  /** The state in one line. */
  line(running: readonly Running[], now = Date.now()): string {
    const left = timeLeft(this.#work, running, now - this.#started, now)
    const slow = slowest(running, now).slice(0, 2)
    const ids = [...new Set(running.map(({ id }) => id))]
    const words = [
      `${this.#done} of ${this.#total}`,
      this.#broken.size > 0 && `${this.#broken.size} broken`,
      slow.length > 0
        ? `slow: ${slow.map(({ id, ms }) => `${id} ${Math.round(ms / 1000)} s`).join(', ')}`
        : ids.length > 0 && `${ids.slice(0, 5).join(' ')}${ids.length > 5 ? ' …' : ''}`,
      left !== undefined && `about ${Math.max(1, Math.round(left / 1000))} s left`,
    ]
    return `  ..  ${words.filter(Boolean).join('   ')}`
  }

  /** Shows the state again and again, until the result is disposed of: on a terminal in place, elsewhere as a plain line now and then. */
  watch(running: () => readonly Running[]): Disposable {
    const { isLive } = this.#progress
    const tell = () => {
      const line = this.line(running())
      if (isLive) this.#progress.live(line)
      else this.#progress.say(line)
    }
    const timer = setInterval(tell, isLive ? LIVE : PLAIN_MS)
    return { [Symbol.dispose]: () => clearInterval(timer) }
  }
}
