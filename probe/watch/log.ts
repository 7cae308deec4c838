import type { Mishap, NoCpu, WatchEvent } from './types.ts'

/** The number of events, and of times without CPU, that are kept until the runner fetches them. */
const MOST = 4_000

type What = Pick<WatchEvent, 'flow' | 'is'>

/** What happened, until the runner fetches it. It grows with the number of outages and not with their length. */
export class WatchLog {
  readonly #events: WatchEvent[] = []
  readonly #noCpu: NoCpu[] = []
  readonly #open = new Map<string, WatchEvent>()
  #seq = 0
  #fetched = 0
  #lost = 0

  /** The number of events that were forgotten. */
  get lost(): number {
    return this.#lost
  }

  /** Notes a conversation that went wrong; the next one begins at `to`. It joins the one before if that was not fetched yet. */
  add(what: What, from: number, to: number, mishap: Mishap, more: Pick<WatchEvent, 'server' | 'detail'> = {}): void {
    const event = this.#eventOf(what, from)
    event.to = to
    event.counts[mishap] = (event.counts[mishap] ?? 0) + 1
    if (more.server !== undefined) event.server = more.server
    if (more.detail !== undefined) event.detail ??= more.detail
  }

  /** Notes that a conversation that began at `at` went well again. */
  end(what: What, at: number): void {
    const key = keyOf(what)
    if (!this.#open.has(key)) return
    const event = this.#eventOf(what, at)
    event.to = at
    event.over = true
    this.#open.delete(key)
  }

  /** Notes a time without CPU. It joins one that it touches, if that was not fetched yet. */
  starved(from: number, to: number): void {
    const last = this.#noCpu.at(-1)
    if (last && last.to >= from && last.seq > this.#fetched)
      Object.assign(last, { from: Math.min(last.from, from), to: Math.max(last.to, to) })
    else this.#push(this.#noCpu, { seq: ++this.#seq, from, to })
  }

  /** Everything after that number. What is given here changes no more. */
  after(seq: number): { events: WatchEvent[]; noCpu: NoCpu[] } {
    this.#fetched = this.#seq
    const later = <T extends { seq: number }>(all: T[]) => {
      all.splice(0, all.filter((each) => each.seq <= seq).length)
      return structuredClone(all)
    }
    return { events: later(this.#events), noCpu: later(this.#noCpu) }
  }

  #eventOf(what: What, from: number): WatchEvent {
    const key = keyOf(what)
    const before = this.#open.get(key)
    if (before && before.seq > this.#fetched) return before
    const event: WatchEvent = {
      seq: ++this.#seq,
      ...what,
      from: before?.to ?? from,
      to: from,
      counts: {},
      ...(before && { continues: true }),
    }
    this.#open.set(key, event)
    this.#push(this.#events, event)
    return event
  }

  #push<T>(all: T[], one: T): void {
    all.push(one)
    if (all.length <= MOST) return
    all.shift()
    this.#lost += 1
  }
}

const keyOf = ({ flow, is }: What): string => `${is} ${flow}`
