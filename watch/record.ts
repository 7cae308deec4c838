import type { Mishap, WatchEvent, Watched, WatchKind } from '../probe/watch/types.ts'
import { Attendance, EDGE_MS } from './attendance.ts'
import { Durations } from './durations.ts'
import { flowOf, type Target } from './plan.ts'
import { beyond, both, minus, type Span, sumOf, union } from './spans.ts'

/** The failures in a row from which a path is dark. A single one is a loss: a network may lose a packet. */
const IN_A_ROW = 2

/** What happened on one path: from the probe of a node to a target, by one kind of conversation. */
export interface Path {
  from: string
  target: Target
  kind: WatchKind
  asked: number
  answered: number
  slowestMs: number
  /** The times without an answer that the network owes. */
  dark: Span[]
  /** What became of the conversations in these times, and connections that ended although both ends were there. */
  counts: Partial<Record<Mishap, number>>
  /** Single conversations without an answer between answered ones. */
  losses: number
  /** What was seen, of one of them. */
  detail?: string
  /** Since when it is dark, while it is. */
  darkSince?: number
  /** It was dark when a watch began that did not begin calm. It lost nothing until it was answered again. */
  isEarly?: true
}

/** Failures in a row that are not judged yet. */
interface Chain {
  node: string
  flow: string
  parts: (Span & Pick<WatchEvent, 'counts' | 'server' | 'detail'>)[]
  over: boolean
}

/** The dark times of one path that are remembered, the latest ones. A watch may run for months. */
const MOST_SPANS = 2_000

/** How long the account of a server is waited for before the failures of its clients are judged without. */
const PATIENCE_MS = 60_000

/** What all probes have seen. It judges failures in a row once the accounts of both ends are there. */
export class WatchRecord {
  readonly durations = new Durations()
  readonly #probes = new Map<string, Attendance>()
  readonly #paths = new Map<string, Path>()
  readonly #tallies = new Map<string, { asked: number; answered: number }>()
  /** The keys of the paths in the last account of each node's probe. */
  readonly #asked = new Map<string, Set<string>>()
  readonly #chains: Chain[] = []
  readonly #unseen = new Map<string, Span[]>()
  readonly #nodeOf = new Map<string, string>()
  readonly #heard: (path: Path, dark: Span[], counts: Path['counts']) => void
  /** Nothing counts until the watch begins: while a new Service is not known on every node, paths to it are dark. */
  #whole: Span = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  readonly #lost = new Map<string, number>()
  #isCalm = true

  /** `heard` is told of every judged row of failures. */
  constructor(heard: (path: Path, dark: Span[], counts: Path['counts']) => void = () => {}) {
    this.#heard = heard
  }

  /**
   * The watch begins at this time: what happened before does not count. If it is not calm, some paths were not answered yet; what is dark
   * then does not count either, until it is answered.
   */
  begin(from: number, isCalm = true): void {
    this.#whole = { ...this.#whole, from }
    this.#isCalm = isCalm
    for (const [key, path] of this.#paths) if (!this.#isAsked(key, path)) this.#paths.delete(key)
  }

  /** The watch ends at this time: what happens later does not count. */
  end(to: number): void {
    this.#whole = { ...this.#whole, to }
  }

  get whole(): Span {
    return this.#whole
  }

  /** The number of events that probes had to forget. */
  get lost(): number {
    return [...this.#lost.values()].reduce((sum, each) => sum + each, 0)
  }

  get nodes(): ReadonlyMap<string, Attendance> {
    return this.#probes
  }

  /** When conversations failed that prove nothing, because the probe of this node had no CPU. */
  unseen(node: string): Span[] {
    return this.#unseen.get(node) ?? []
  }

  get paths(): Path[] {
    return [...this.#paths.values()]
  }

  /** The paths that the probes ask now. While probes join, each changes its neighbours. */
  get pathsNow(): Path[] {
    return [...this.#paths].filter(([key, path]) => this.#isAsked(key, path)).map(([, path]) => path)
  }

  /** Takes the account of the probe of a node, a pod with that uid. Gives whether it is a new process, which needs a plan. */
  take(node: string, uid: string, sent: number, received: number, watched: Watched): boolean {
    const probe = this.#probes.get(node) ?? new Attendance()
    this.#probes.set(node, probe)
    this.#nodeOf.set(uid, node)
    // What was dark when a process ended is known no further.
    const isNew = probe.take(sent, received, watched)
    if (isNew) for (const chain of this.#chains) if (chain.node === node) chain.over = true
    this.durations.take(node, isNew, watched.durations)
    this.#lost.set(`${node} ${watched.instance}`, watched.lost)
    for (const event of watched.events) this.#add(node, event, probe.here(event))
    for (const [flow, tally] of Object.entries(watched.tallies)) this.#count(node, flow, tally, isNew)
    this.#asked.set(node, new Set(Object.keys(watched.tallies).map((flow) => keyOf(node, flow))))
    this.#judgeKnown(received)
    return isNew
  }

  /** Judges everything by what is known. */
  conclude(): void {
    for (const chain of this.#chains.splice(0)) this.#judge(chain)
    for (const path of this.#paths.values()) delete path.darkSince
  }

  /** The paths on which the last conversations were not answered: still dark at the end of the watch. */
  darkNow(): Path[] {
    return this.paths.filter(({ darkSince }) => darkSince !== undefined)
  }

  #add(node: string, event: WatchEvent, span: Span): void {
    const path = this.#pathOf(node, event.flow)
    if (event.is === 'translated') {
      const count = event.counts.translated ?? 0
      if (span.to < this.#whole.from || count === 0) return
      path.counts.translated = (path.counts.translated ?? 0) + count
      path.detail = event.detail ?? path.detail ?? ''
      this.#heard(path, [], { translated: count })
      return
    }
    const open = this.#chains.find((chain) => chain.node === node && chain.flow === event.flow && !chain.over)
    const chain = open ?? { node, flow: event.flow, parts: [], over: false }
    if (!open) this.#chains.push(chain)
    const { counts, server, detail } = event
    chain.parts.push({
      ...span,
      counts,
      ...(server !== undefined && { server }),
      ...(detail !== undefined && { detail }),
    })
    chain.over = event.over === true
    if (chain.over) delete path.darkSince
    else if (failuresIn(chain) >= IN_A_ROW) path.darkSince ??= chain.parts[0]?.from ?? span.from
  }

  #count(node: string, flow: string, now: Watched['tallies'][string], isNew: boolean): void {
    const key = keyOf(node, flow)
    const before = isNew ? undefined : this.#tallies.get(key)
    const path = this.#pathOf(node, flow)
    // A flow that has begun again counts from zero.
    const since = before && before.asked <= now.asked ? before : { asked: 0, answered: 0 }
    path.asked += now.asked - since.asked
    path.answered += now.answered - since.answered
    path.slowestMs = Math.max(path.slowestMs, now.slowestMs)
    this.#tallies.set(key, { asked: now.asked, answered: now.answered })
  }

  #pathOf(from: string, flow: string): Path {
    const key = keyOf(from, flow)
    const known = this.#paths.get(key)
    if (known) return known
    const path = { from, ...flowOf(flow), asked: 0, answered: 0, slowestMs: 0, dark: [], counts: {}, losses: 0 }
    this.#paths.set(key, path)
    return path
  }

  /** Judges the rows of failures that are over and about whose ends everything is known. */
  #judgeKnown(now: number): void {
    for (const chain of [...this.#chains]) {
      const to = chain.parts.at(-1)?.to ?? 0
      const ends = this.#endsOf(chain)
      const isKnown = ends.every((node) => (this.#probes.get(node)?.heardUntil ?? 0) > to + EDGE_MS)
      if (!chain.over || (!isKnown && now - to < PATIENCE_MS)) continue
      this.#chains.splice(this.#chains.indexOf(chain), 1)
      this.#judge(chain)
    }
  }

  #isAsked = (key: string, { from }: Path): boolean => this.#asked.get(from)?.has(key) === true

  /** Whether some of it lies in the time of the watch. */
  #isWithin = ({ parts }: Chain): boolean => minus(parts, beyond(this.#whole)).length > 0

  /** The nodes whose probes must have been there: that of the client, and those that may have been its server. */
  #endsOf({ node, flow, parts }: Chain): string[] {
    const { target } = flowOf(flow)
    if (typeof target === 'object') return [node, target.node]
    if (target === 'dns') return [node]
    const server = parts.map((part) => this.#nodeOf.get(part.server ?? '')).find((each) => each !== undefined)
    return server === undefined ? [...this.#probes.keys()] : [node, server]
  }

  #judge(chain: Chain): void {
    const path = this.#pathOf(chain.node, chain.flow)
    const first = chain.parts[0]?.from ?? this.#whole.from
    if (!this.#isCalm && first < this.#whole.from && this.#isWithin(chain)) {
      path.isEarly = true
      return
    }
    const worthless = this.#worthless(chain, path)
    const outside = beyond(this.#whole)
    const within = minus(chain.parts, outside)
    for (const end of new Set([chain.node, ...this.#endsOf(chain)])) {
      const blind = both(within, this.#probes.get(end)?.noCpu(this.#whole) ?? [])
      if (blind.length > 0) this.#unseen.set(end, union([...this.unseen(end), ...blind]).slice(-MOST_SPANS))
    }
    const counts: Path['counts'] = {}
    const dark: Span[] = []
    for (const part of chain.parts) {
      const left = minus([part], [...worthless, ...outside])
      dark.push(...left)
      const isThere = !covers([...worthless, ...outside], part.to)
      const share = part.to > part.from ? sumOf(left) / (part.to - part.from) : Number(isThere)
      for (const [mishap, count] of Object.entries(part.counts) as [Mishap, number][]) {
        const counted = mishap === 'died' ? (isThere ? count : 0) : Math.round(count * share)
        if (counted > 0) counts[mishap] = (counts[mishap] ?? 0) + counted
      }
    }
    const { died = 0, ...failures } = counts
    const failed = Object.values(failures).reduce((sum, count) => sum + count, 0)
    if (died > 0) path.counts.died = (path.counts.died ?? 0) + died
    const isDark = failed >= IN_A_ROW
    if (!isDark) path.losses += failed
    else {
      for (const [mishap, count] of Object.entries(failures) as [Mishap, number][])
        path.counts[mishap] = (path.counts[mishap] ?? 0) + count
      path.dark = joined([...path.dark, ...dark])
    }
    const detail = chain.parts.find((part) => part.detail !== undefined)?.detail
    if ((isDark || died > 0) && detail !== undefined) path.detail ??= detail
    if (failed > 0 || died > 0)
      this.#heard(path, isDark ? joined(dark) : [], isDark ? counts : { ...(died && { died }) })
  }

  /** The times in which failures of this path prove nothing: an end was not there, or had no CPU. */
  #worthless(chain: Chain, { kind }: Path): Span[] {
    const own = this.#probes.get(chain.node)?.worthless(this.#whole) ?? [this.#whole]
    const { target } = flowOf(chain.flow)
    const servers = this.#endsOf(chain).filter((node) => node !== chain.node)
    // A Service must lead to another backend when one is gone, so its absence is no excuse. On a kept socket it is.
    const isLed = target === 'service' && !kind.endsWith('kept')
    const theirs = servers.flatMap((node) => {
      const probe = this.#probes.get(node)
      return (isLed ? probe?.noCpu(this.#whole) : probe?.worthless(this.#whole)) ?? (isLed ? [] : [this.#whole])
    })
    return [...own, ...theirs]
  }
}

const keyOf = (node: string, flow: string): string => `${node} ${flow}`

const failuresIn = ({ parts }: Chain): number =>
  parts.flatMap(({ counts }) => Object.entries(counts)).reduce((n, [is, count]) => n + (is === 'died' ? 0 : count), 0)

const covers = (spans: readonly Span[], at: number): boolean => spans.some(({ from, to }) => from <= at && at <= to)

/** Parts of one time that were reported one after the other, as one. The clocks that map them move by fractions of a millisecond. */
function joined(spans: readonly Span[]): Span[] {
  const out: Span[] = []
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1)
    if (last && span.from - last.to < 5) last.to = Math.max(last.to, span.to)
    else out.push({ ...span })
  }
  return out.filter(({ from, to }) => to > from).slice(-MOST_SPANS)
}
