import { failureOf } from '../dial/failure.ts'
import { type Answer, type Asker, translated } from './answer.ts'
import { question } from './dns.ts'
import type { WatchLog } from './log.ts'
import { KeptTcp, newTcp } from './tcp.ts'
import type { WatchFlow, WatchKind, WatchTally } from './types.ts'
import { keptUdp, newUdp } from './udp.ts'

const ASKERS: Record<WatchKind, (flow: WatchFlow) => Asker> = {
  'TCP kept': (flow) => new KeptTcp(flow),
  'TCP new': newTcp,
  'UDP kept': keptUdp,
  'UDP new': newUdp,
  DNS: question,
}

interface Attempt {
  at: number
  tookMs: number
  answer?: Answer
}

/** Repeats one conversation at its interval, and logs those that went wrong, in the order in which they began. */
export class RepeatedFlow {
  readonly flow: WatchFlow
  readonly tally: WatchTally = { asked: 0, answered: 0, slowestMs: 0 }
  readonly #sources: readonly string[]
  readonly #log: WatchLog
  readonly #answered: (ms: number) => void
  readonly #asker: Asker
  readonly #attempts: Attempt[] = []
  #timer: NodeJS.Timeout | undefined
  #server: string | undefined
  #isStopped = false

  /** `answered` hears how long each answer took. The first conversation begins after `waitMs`. */
  constructor(
    flow: WatchFlow,
    sources: readonly string[],
    log: WatchLog,
    answered: (ms: number) => void,
    waitMs: number,
  ) {
    this.flow = flow
    this.#sources = sources
    this.#log = log
    this.#answered = answered
    this.#asker = ASKERS[flow.kind](flow)
    this.#timer = setTimeout(() => {
      this.#ask()
      this.#timer = setInterval(() => this.#ask(), flow.everyMs)
    }, waitMs)
  }

  /** Ends it. Conversations that are open count no more. */
  stop(): void {
    this.#isStopped = true
    clearInterval(this.#timer)
    this.tally.asked -= this.#attempts.length
    const at = this.#attempts[0]?.at ?? performance.now()
    for (const is of ['dark', 'translated'] as const) this.#log.end({ flow: this.flow.id, is }, at)
    this.#asker.close()
  }

  #ask(): void {
    const attempt: Attempt = { at: performance.now(), tookMs: 0 }
    this.#attempts.push(attempt)
    this.tally.asked += 1
    void this.#asker
      .ask()
      .catch((error: unknown): Answer => {
        const { failure, detail } = failureOf(error)
        return { mishap: failure, detail }
      })
      .then((answer) => {
        attempt.tookMs = performance.now() - attempt.at
        attempt.answer = answer
        this.#take()
      })
  }

  #take(): void {
    while (!this.#isStopped) {
      const [first] = this.#attempts
      if (!first?.answer) return
      this.#attempts.shift()
      this.#judge(first, first.answer)
    }
  }

  #judge({ at, tookMs }: Attempt, answer: Answer): void {
    const { id: flow, kind, everyMs, uid } = this.flow
    const server = kind.endsWith('kept') && this.#server !== undefined ? { server: this.#server } : {}
    const dark = { flow, is: 'dark' } as const
    // A connection that ended between two conversations is no dark time by itself.
    if (answer.died) this.#log.add(dark, at, at, 'died', { ...server, detail: 'the connection was ended' })
    const { view } = answer
    const other = view && uid !== undefined && view.identity.uid !== uid ? view.identity.pod : undefined
    const mishap = answer.mishap ?? (other === undefined ? undefined : 'foreign')
    if (mishap) {
      const detail = answer.detail ?? `answered by pod ${other}`
      this.#log.add(dark, at, at + everyMs, mishap, { ...server, detail })
      return
    }
    this.#log.end(dark, at)
    this.#server = view?.identity.uid
    this.tally.answered += 1
    this.tally.slowestMs = Math.max(this.tally.slowestMs, tookMs)
    this.#answered(tookMs)
    const seen = view && translated(this.flow, this.#sources, view)
    const wrong = { flow, is: 'translated' } as const
    if (seen === undefined) this.#log.end(wrong, at)
    else this.#log.add(wrong, at, at + everyMs, 'translated', { detail: seen })
  }
}
