/** The number of exchanges from which the best is taken. Clocks drift apart by less than a tenth of a millisecond in that time. */
const KEPT = 60

/** One exchange with a probe: when the request left and the answer came, and what the probe's clock said between the two. */
interface Exchange {
  sent: number
  received: number
  now: number
}

/**
 * Maps the monotonic clock of a probe to that of this process. The exchange that took the shortest time bounds the difference best: it
 * lies within half of this time.
 */
export class ProbeClock {
  readonly #exchanges: Exchange[] = []

  take(exchange: Exchange): void {
    this.#exchanges.push(exchange)
    if (this.#exchanges.length > KEPT) this.#exchanges.shift()
  }

  /** How wrong a mapped time may be, in milliseconds. */
  get errorMs(): number {
    const { sent, received } = this.#best
    return (received - sent) / 2
  }

  /** A time of the probe on the clock of this process. */
  here(time: number): number {
    const { sent, received, now } = this.#best
    return time - now + (sent + received) / 2
  }

  get #best(): Exchange {
    const took = ({ sent, received }: Exchange) => received - sent
    const [first, ...others] = this.#exchanges
    if (!first) throw new Error('the clock of a probe was asked before its first answer')
    return others.reduce((best, each) => (took(each) < took(best) ? each : best), first)
  }
}
