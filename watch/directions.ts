import { type Mishap, WATCH_KINDS, type WatchKind } from '../probe/watch/types.ts'
import type { Target } from './plan.ts'
import type { Path } from './record.ts'
import { both, longestOf, type Span, sumOf, union, widened } from './spans.ts'

/** A direction: all paths from a node to its peers, all paths from its peers to it, or the paths from a node to one target. */
export interface Direction {
  from: string
  to: string
  /** The dark times by kind of conversation. */
  dark: Partial<Record<WatchKind, Span[]>>
  counts: Told
  losses: number
  detail?: string
}

/** What became of conversations, in the words of operators. */
export type Outcome =
  | 'establishedDied'
  | 'keptUnanswered'
  | 'newRefused'
  | 'newTimedOut'
  | 'newFailed'
  | 'dnsUnanswered'
  | 'translated'
export type Told = Partial<Record<Outcome, number>>

/** The word for what became of a conversation of that kind. */
export function outcomeOf(kind: WatchKind, mishap: Mishap): Outcome {
  if (mishap === 'translated') return 'translated'
  if (mishap === 'died') return 'establishedDied'
  if (kind === 'DNS') return 'dnsUnanswered'
  if (kind.endsWith('kept')) return 'keptUnanswered'
  return mishap === 'refused' ? 'newRefused' : mishap === 'timeout' ? 'newTimedOut' : 'newFailed'
}

/** What stands for the neighbours of a node. */
export const PEERS = 'its peers'

/**
 * What was dark, by directions. If all paths of a node were dark at the same time in one direction, that is the node's; what is left is
 * between two nodes, or on the way to the Service or to DNS. A direction on which nothing happened is there too.
 */
export function directionsOf(paths: readonly Path[]): Direction[] {
  const between = paths.filter(({ target }) => typeof target === 'object')
  const nodes = [...new Set(paths.map(({ from }) => from))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  const rows = new Map<string, Direction>()
  const row = (from: string, to: string): Direction => {
    const key = `${from} → ${to}`
    const known = rows.get(key) ?? { from, to, dark: {}, counts: {}, losses: 0 }
    rows.set(key, known)
    return known
  }
  for (const node of nodes) {
    row(node, PEERS)
    row(PEERS, node)
  }
  for (const path of paths) {
    const { from, target, kind, dark } = path
    const to = nameOf(target)
    if (typeof target !== 'object') {
      add(row(from, to), path, dark)
      continue
    }
    const out = darkOfAll(between.filter((each) => each.from === from && each.kind === kind))
    const into = darkOfAll(between.filter((each) => nameOf(each.target) === to && each.kind === kind))
    const home = (span: Span) =>
      isMostlyIn(span, out) ? row(from, PEERS) : isMostlyIn(span, into) ? row(PEERS, to) : row(from, to)
    const homes = new Set(dark.map(home))
    for (const each of homes)
      add(
        each,
        path,
        dark.filter((span) => home(span) === each),
        homes.size,
      )
    if (homes.size === 0 && hasMishap(path)) add(row(from, to), path, [])
  }
  return [...rows.values()]
}

const hasMishap = ({ counts, losses }: Path): boolean => losses > 0 || Object.keys(counts).length > 0

const NAMES = { service: 'Service', dns: 'cluster DNS' } as const
export const nameOf = (target: Target): string => (typeof target === 'object' ? target.node : NAMES[target])

/** When all of these were dark at once. A single path says nothing about its node. */
const darkOfAll = (paths: readonly Path[]): Span[] =>
  paths.length < 2 ? [] : paths.map(({ dark }) => dark).reduce((all, each) => both(all, each))

/** A connection recovers later than a new one, and the pieces of a darkness that was not seen whole lie near it. */
const NEAR_MS = 1_000

const isMostlyIn = (span: Span, spans: readonly Span[]): boolean =>
  sumOf(both([span], union(widened(spans, NEAR_MS, NEAR_MS)))) >= (span.to - span.from) / 2

/** `shares`: among how many directions the counts of the path are divided. */
function add(to: Direction, { kind, counts, losses, detail }: Path, dark: readonly Span[], shares = 1): void {
  to.dark[kind] = union([...(to.dark[kind] ?? []), ...dark])
  for (const [mishap, count] of Object.entries(counts) as [Mishap, number][]) {
    const outcome = outcomeOf(kind, mishap)
    to.counts[outcome] = (to.counts[outcome] ?? 0) + Math.round(count / shares)
  }
  to.losses += Math.round(losses / shares)
  if (detail !== undefined) to.detail ??= detail
}

/** The longest dark time of a direction by any kind of conversation, in milliseconds. */
export const longestIn = ({ dark }: Direction): number => Math.max(0, ...Object.values(dark).map(longestOf))

/** The milliseconds in which at least one kind of conversation was dark. */
export const sumIn = ({ dark }: Direction): number => sumOf(union(Object.values(dark).flat()))

/** Whether nothing went wrong there. */
export const isQuiet = (direction: Direction): boolean =>
  longestIn(direction) === 0 && direction.losses === 0 && Object.keys(direction.counts).length === 0

/** The worst direction first: by its longest dark time, then by the number of mishaps. */
export const worstFirst = (directions: readonly Direction[]): Direction[] =>
  [...directions].sort((a, b) => longestIn(b) - longestIn(a) || mishapsIn(b) - mishapsIn(a) || b.losses - a.losses)

const mishapsIn = ({ counts }: Direction): number => Object.values(counts).reduce((sum, count) => sum + count, 0)

/** The kinds of conversations that were dark, in the order of the table. */
export const darkKinds = ({ dark }: Direction): WatchKind[] =>
  WATCH_KINDS.filter((kind) => longestOf(dark[kind] ?? []) > 0)
