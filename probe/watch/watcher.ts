import { isDeepStrictEqual } from 'node:util'
import { uniqueWord } from '../random.ts'
import { SelfControl } from './control.ts'
import { RepeatedFlow } from './flow.ts'
import { WatchLog } from './log.ts'
import { NO_PLAN, WATCH_BUCKETS, type Watched, type WatchFlow, type WatchKind, type WatchPlan } from './types.ts'
import { keptUdp } from './udp.ts'

/** A probe that no runner has asked for so long stops: its runner is gone. */
const FORGOTTEN_MS = 15 * 60_000
const LOOK_MS = 10_000

/** Repeats the conversations of a plan by itself, and keeps a log of what went wrong until the runner fetches it. */
export class Watcher {
  readonly #instance = uniqueWord()
  readonly #since = performance.now()
  readonly #log = new WatchLog()
  readonly #flows = new Map<string, RepeatedFlow>()
  readonly #durations: Watched['durations'] = {}
  #sources: readonly string[] = []
  #asked = 0
  #looking: NodeJS.Timeout | undefined
  #control: SelfControl | undefined

  /** Follows a plan from now on. A flow that was in the last one goes on with its socket. */
  follow({ sources, flows, self }: WatchPlan): void {
    this.#asked = performance.now()
    const isKept = (flow: WatchFlow) =>
      isDeepStrictEqual(this.#flows.get(flow.id)?.flow, flow) && isDeepStrictEqual(this.#sources, sources)
    const kept = new Set(flows.filter(isKept).map(({ id }) => id))
    for (const [id, flow] of this.#flows) {
      if (kept.has(id)) continue
      flow.stop()
      this.#flows.delete(id)
    }
    this.#sources = sources
    // The conversations of one interval begin one after the other.
    for (const [n, flow] of flows.entries()) {
      if (kept.has(flow.id)) continue
      const wait = (flow.everyMs * n) / flows.length
      const answered = (ms: number) => this.#count(flow.kind, ms)
      this.#flows.set(flow.id, new RepeatedFlow(flow, sources, this.#log, answered, wait))
    }
    clearInterval(this.#looking)
    this.#control?.stop()
    this.#control = undefined
    if (flows.length === 0) return
    this.#looking = setInterval(() => this.#endIfForgotten(), LOOK_MS)
    this.#control = new SelfControl(keptUdp(self), self.everyMs, this.#log)
  }

  /** What happened after the event of that number of this instance. */
  report(after: number, instance: string): Watched {
    const now = performance.now()
    this.#asked = now
    return {
      instance: this.#instance,
      now,
      since: this.#since,
      tallies: Object.fromEntries([...this.#flows].map(([id, { tally }]) => [id, tally])),
      durations: this.#durations,
      ...this.#log.after(instance === this.#instance ? after : 0),
      lost: this.#log.lost,
    }
  }

  #endIfForgotten(): void {
    if (performance.now() - this.#asked > FORGOTTEN_MS) this.follow(NO_PLAN)
  }

  #count(kind: WatchKind, ms: number): void {
    const of = this.#durations[kind] ?? { classes: Array<number>(WATCH_BUCKETS.length + 1).fill(0), sumMs: 0 }
    this.#durations[kind] = of
    const found = WATCH_BUCKETS.findIndex((most) => ms <= most)
    const index = found < 0 ? WATCH_BUCKETS.length : found
    of.classes[index] = (of.classes[index] ?? 0) + 1
    of.sumMs += ms
  }
}
