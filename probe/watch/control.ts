import type { Asker } from './answer.ts'
import { ANSWER_MS } from './answer.ts'
import type { WatchLog } from './log.ts'

/** A probe that answers itself within this time has the CPU to be a client and a server: twice this time is less than a conversation may take. */
const ENOUGH_MS = 350

/**
 * The probe has a conversation with itself at each interval. It needs what all others need of a probe, but not the network. If it is
 * late, or begins late, the probe had no CPU, and conversations that failed at that time prove nothing.
 */
export class SelfControl {
  readonly #asker: Asker
  readonly #log: WatchLog
  readonly #timer: NodeJS.Timeout
  #due: number

  constructor(asker: Asker, everyMs: number, log: WatchLog) {
    this.#asker = asker
    this.#log = log
    this.#due = performance.now() + everyMs
    this.#timer = setInterval(() => this.#look(everyMs), everyMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#asker.close()
  }

  #look(everyMs: number): void {
    const begun = performance.now()
    this.#judge(this.#due, begun)
    this.#due = begun + everyMs
    void this.#asker.ask().then(
      () => this.#judge(begun, performance.now()),
      () => undefined,
    )
  }

  /** A conversation that began before may have waited for the same CPU. */
  #judge(from: number, to: number): void {
    if (to - from > ENOUGH_MS) this.#log.starved(from - ANSWER_MS, to)
  }
}
