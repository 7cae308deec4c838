import type { Watched } from '../probe/watch/types.ts'
import { ProbeClock } from './clock.ts'
import { beyond, gaps, minus, type Span, union, widened } from './spans.ts'

/** A probe that has just begun, or is about to end, may miss a conversation that its peers have begun before. */
export const EDGE_MS = 1_000

/** The times without CPU that are remembered, the latest ones. */
const MOST_SPANS = 2_000

/** When the probe of a node was there, by its own account, and when it had no CPU. All times are on the clock of this process. */
export class Attendance {
  #instance = ''
  #clock = new ProbeClock()
  #there: Span[] = []
  #noCpu: Span[] = []
  #errorMs = 0

  /** Takes the account of a probe. Gives whether this is another process than before. */
  take(sent: number, received: number, { instance, now, since, noCpu }: Watched): boolean {
    const isNew = instance !== this.#instance
    if (isNew) this.#clock = new ProbeClock()
    this.#instance = instance
    this.#clock.take({ sent, received, now })
    const here = this.#clock.here(now)
    const last = this.#there.at(-1)
    if (isNew || !last) this.#there.push({ from: this.#clock.here(since), to: here })
    else last.to = Math.max(last.to, here)
    this.#errorMs = Math.max(this.#errorMs, this.#clock.errorMs)
    if (noCpu.length > 0)
      this.#noCpu = union([...this.#noCpu, ...noCpu.map((span) => this.here(span))]).slice(-MOST_SPANS)
    return isNew
  }

  /** A span of the probe's clock on that of this process. */
  here({ from, to }: Span): Span {
    return { from: this.#clock.here(from), to: this.#clock.here(to) }
  }

  /** Until when the probe is known to have served. */
  get heardUntil(): number {
    return this.#there.at(-1)?.to ?? Number.NEGATIVE_INFINITY
  }

  get errorMs(): number {
    return this.#errorMs
  }

  get starts(): number {
    return this.#there.length
  }

  /** The times without a probe that is known to have served. */
  absent(whole: Span): Span[] {
    return gaps(this.#there, whole)
  }

  /** The times in which it was there and had no CPU. */
  noCpu(whole: Span): Span[] {
    return minus(this.#noCpu, [...beyond(whole), ...this.absent(whole)])
  }

  /** The times in which a conversation with it, or from it, proves nothing. */
  worthless(whole: Span): Span[] {
    return union([...widened(this.absent(whole), EDGE_MS, EDGE_MS), ...this.#noCpu])
  }
}
