import { ownVersion } from '../contract/files.ts'
import { visible } from '../contract/visible.ts'
import { seconds } from '../contract/waiting.ts'
import type { Attendance } from './attendance.ts'
import { darkKinds, directionsOf, isQuiet, longestIn, nameOf, sumIn, worstFirst } from './directions.ts'
import type { Happening } from './happenings.ts'
import type { Path, WatchRecord } from './record.ts'
import type { WatchReport } from './schema.ts'
import { longestOf, type Span, sumOf } from './spans.ts'

/** The facts of a watch, besides what the probes saw. Times are on the clock of this process. */
export interface WatchFacts {
  run: string
  source: string
  startedAt: Date
  everyMs: number
  budgetMs?: number
  service: string
  dns?: string
  isInterrupted: boolean
  /** Whether every path was answered before the watch began. */
  isCalm: boolean
  /** The nodes whose probes did not give their last account. */
  silent: string[]
  /** The nodes that were gone or not Ready at the end. */
  away: string[]
  happenings: readonly Happening[]
  command?: { words: string[]; span: Span; exitCode: number | null; signal?: string }
}

/** Without a budget: the share of the watch for which failures may go unjudged at a stretch. */
const UNSEEN = 0.1

/** The report of a watch that has ended; `record` has judged everything. */
export function reportOf(record: WatchRecord, facts: WatchFacts): WatchReport {
  const { whole, paths } = record
  const at = (time: number) => round(time - whole.from)
  const span = ({ from, to }: Span) => ({ from: at(from), to: at(to) })
  const directions = directionsOf(paths)
  const loud = worstFirst(directions.filter((each) => !isQuiet(each)))
  const longestMs = round(Math.max(0, ...paths.map(({ dark }) => longestOf(dark))))
  const errors = [...record.nodes.values()].map(({ errorMs }) => errorMs)
  const nodes = [...record.nodes].map(([node, probe]) => nodeOf(node, probe, record.unseen(node), whole, span))
  const { command, budgetMs } = facts
  const told = { nodes, paths, whole }
  const { result, because } = judge(told, facts, record.lost)
  return {
    apiVersion: 'flatnet/v1',
    kind: 'WatchReport',
    flatnetVersion: ownVersion(),
    run: facts.run,
    result,
    because,
    startedAt: facts.startedAt.toISOString(),
    seconds: Math.round((whole.to - whole.from) / 100) / 10,
    cluster: { source: facts.source, service: facts.service, ...(facts.dns !== undefined && { dns: facts.dns }) },
    everyMs: facts.everyMs,
    ...(budgetMs !== undefined && { budgetMs }),
    clockErrorMs: round(Math.max(0, ...errors)),
    longestMs,
    conversations: {
      asked: paths.reduce((sum, { asked }) => sum + asked, 0),
      answered: paths.reduce((sum, { answered }) => sum + answered, 0),
      slowestMs: round(Math.max(0, ...paths.map(({ slowestMs }) => slowestMs))),
    },
    ...(command && {
      command: {
        words: command.words.map(visible),
        ...span(command.span),
        exitCode: command.exitCode,
        ...(command.signal !== undefined && { signal: command.signal }),
      },
    }),
    nodes,
    directions: loud.map((direction) => ({
      ...toldOf(direction),
      counts: direction.counts,
      longestMs: round(longestIn(direction)),
      sumMs: round(sumIn(direction)),
      kinds: darkKinds(direction).map((kind) => {
        const dark = direction.dark[kind] ?? []
        return { kind, longestMs: round(longestOf(dark)), sumMs: round(sumOf(dark)), dark: dark.map(span) }
      }),
    })),
    quietDirections: directions.length - loud.length,
    paths: paths.filter(isLoud).map((path) => ({
      ...toldOf({ ...path, to: nameOf(path.target) }),
      counts: path.counts,
      kind: path.kind,
      asked: path.asked,
      answered: path.answered,
      slowestMs: round(path.slowestMs),
      dark: path.dark.map(span),
    })),
    happenings: facts.happenings
      .filter((each) => each.at >= whole.from)
      .map(({ says, node, ...each }) => ({
        at: at(each.at),
        says: visible(says),
        ...(node !== undefined && { node }),
      })),
  }
}

const round = (milliseconds: number): number => Math.round(milliseconds)

const isLoud = ({ dark, counts, losses }: Path): boolean =>
  dark.length > 0 || losses > 0 || Object.keys(counts).length > 0

const toldOf = ({ from, to, losses, detail }: Pick<Path, 'from' | 'losses' | 'detail'> & { to: string }) => ({
  ...{ from, to, losses },
  ...(detail !== undefined && { detail: visible(detail) }),
})

function nodeOf(
  node: string,
  probe: Attendance,
  noCpu: readonly Span[],
  whole: Span,
  span: (each: Span) => Span,
): WatchReport['nodes'][number] {
  const absent = probe.absent(whole)
  const [absentMs, noCpuMs] = [round(sumOf(absent)), round(sumOf(noCpu))]
  const observedMs = Math.max(0, round(whole.to - whole.from) - absentMs - noCpuMs)
  return { node, observedMs, absentMs, noCpuMs, absent: absent.map(span), noCpu: noCpu.map(span), starts: probe.starts }
}

/**
 * The result with its reasons. A broken promise outweighs what is unknown. A path that was never answered has lost nothing while it was
 * watched, so it breaks no promise here: `flatnet run` tells what it is.
 */
function judge(
  { nodes, paths: all, whole }: Pick<WatchReport, 'nodes'> & { paths: Path[]; whole: Span },
  { budgetMs, isInterrupted, isCalm, silent, away, command, everyMs }: WatchFacts,
  lost: number,
): Pick<WatchReport, 'result' | 'because'> {
  const paths = all.filter(({ answered }) => answered > 0)
  const never = all.filter(({ answered, asked, dark }) => answered === 0 && (asked > 0 || dark.length > 0))
  const early = paths.filter(({ isEarly }) => isEarly)
  const longestMs = round(Math.max(0, ...paths.map(({ dark }) => longestOf(dark))))
  const translated = all.filter(({ counts }) => (counts.translated ?? 0) > 0)
  const isDarkAtEnd = ({ dark }: Path) => (dark.at(-1)?.to ?? Number.NEGATIVE_INFINITY) >= whole.to - 2 * everyMs
  const stillDark = paths.filter(isDarkAtEnd)
  const names = (some: readonly Path[]) => listed(some.map(({ from, target }) => `${from} → ${nameOf(target)}`))
  const broken = [
    ...(budgetMs !== undefined && longestMs > budgetMs
      ? [`a path was dark for ${seconds(longestMs)}, longer than --budget ${seconds(budgetMs)}`]
      : []),
    ...(stillDark.length > 0 ? [`still dark at the end: ${names(stillDark)}`] : []),
    ...(translated.length > 0 ? [`addresses were translated: ${names(translated)}`] : []),
  ]
  const allowed = budgetMs ?? UNSEEN * (whole.to - whole.from)
  const unseen = nodes.filter(({ noCpu }) => longestOf(noCpu) > allowed)
  const untold = new Set([...away, ...silent])
  const end = round(whole.to - whole.from)
  const missing = nodes.filter(({ node, absent }) => !untold.has(node) && (absent.at(-1)?.to ?? -1) >= end)
  const unclear = [
    ...(all.every(({ asked }) => asked === 0) ? ['no conversation took place'] : []),
    ...(never.length > 0 ? [`never answered, so nothing could be lost: ${names(never)}`] : []),
    ...(unseen.length > 0
      ? [
          `conversations failed for longer than ${seconds(allowed)} while there was no CPU for the probe of ${listed(unseen.map(({ node }) => node))}`,
        ]
      : []),
    ...(early.length > 0 ? [`dark already when the watch began, so not judged until answered: ${names(early)}`] : []),
    ...(isCalm || early.length > 0 ? [] : ['some paths were not answered before the watch began']),
    ...(missing.length > 0
      ? [
          `${listed(missing.map(({ node }) => node))} had no probe at the end, so it is not known whether its network came back; a longer --settle waits for it`,
        ]
      : []),
    ...(silent.length > 0 ? [`the probe of ${listed(silent)} did not give its last account`] : []),
    ...(lost > 0 ? [`probes had to forget ${lost} events`] : []),
    ...(command && command.exitCode !== 0
      ? [`the command ended with ${command.signal ?? command.exitCode}, so what it should do may not have been done`]
      : []),
  ]
  const because = [...broken, ...unclear]
  if (isInterrupted) return { result: 'interrupted', because }
  return { result: broken.length > 0 ? 'broken' : unclear.length > 0 ? 'inconclusive' : 'kept', because }
}

const MOST_NAMES = 3

/** The first of these names, and how many more there are. */
function listed(names: readonly string[]): string {
  const all = [...new Set(names)]
  const more = all.length - MOST_NAMES
  return `${all.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
