import { WATCH_KINDS, type WatchReport } from '../../watch/schema.ts'
import { mishapWords } from '../../watch/words.ts'
import { COLUMNS, type Paint, seconds, wrap } from '../terminal.ts'

const WIDE = 9
const NAME = COLUMNS - WIDE * (WATCH_KINDS.length + 1)
/** The directions that are printed; the report has all of them. */
const MOST = 15
const MOST_HAPPENINGS = 12

type Direction = WatchReport['directions'][number]

const HEADLINES = { kept: 'KEPT', broken: 'BROKEN', inconclusive: 'INCONCLUSIVE', interrupted: 'INTERRUPTED' } as const
const STYLES = { kept: 'green', broken: 'red', inconclusive: 'yellow', interrupted: 'yellow' } as const

/** The result of a watch in lines of at most 80 columns: the worst direction first. */
export function watchLines(report: WatchReport, paint: Paint): string[] {
  const { result, because, nodes, conversations, directions, quietDirections, command } = report
  const about = `${report.seconds} s, ${count(nodes.length, 'node')}, ${conversations.asked.toLocaleString('en')} conversations`
  const headline = `${paint(['bold', STYLES[result]], HEADLINES[result])}   ${about}`
  const shown = directions.slice(0, MOST)
  return [
    headline,
    ...because.flatMap((reason) => wrap(`  ${reason}`, COLUMNS)),
    ...(command
      ? wrap(
          `  the command ended with ${command.signal ?? command.exitCode} after ${seconds(command.to - command.from)}`,
          COLUMNS,
        )
      : []),
    '',
    ...(shown.length > 0 ? [paint('bold', head()), ...shown.flatMap((each) => rows(each, paint))] : []),
    ...(directions.length > shown.length
      ? [`  … and ${directions.length - shown.length} more in watch.yaml (--output)`]
      : []),
    ...wrap(quiet(shown.length > 0, quietDirections, report), COLUMNS),
    ...notes(report),
  ]
}

const head = () =>
  `${'longest dark time'.padEnd(NAME)}${[...WATCH_KINDS, 'in all'].map((word) => word.padStart(WIDE)).join('')}`

function rows(direction: Direction, paint: Paint): string[] {
  const { from, to, kinds, sumMs, counts, losses } = direction
  const cells = WATCH_KINDS.map((kind) => {
    const { longestMs = 0 } = kinds.find((each) => each.kind === kind) ?? {}
    return longestMs > 0 ? paint('red', seconds(longestMs).padStart(WIDE)) : '-'.padStart(WIDE)
  })
  const values = `${cells.join('')}${(sumMs > 0 ? seconds(sumMs) : '-').padStart(WIDE)}`
  const title = `${from} → ${to}`
  const first = title.length < NAME ? [`${title.padEnd(NAME)}${values}`] : [title, `${' '.repeat(NAME)}${values}`]
  const told = mishapWords({ counts, losses })
  return [...first, ...(told.length > 0 ? wrap(`  ${told.join(', ')}`, COLUMNS) : [])]
}

function quiet(isAfterRows: boolean, directions: number, { conversations, everyMs }: WatchReport): string {
  const slowest = `slowest answer ${seconds(conversations.slowestMs)}`
  if (!isAfterRows)
    return `nothing was dark, lost or translated in ${count(directions, 'direction')}, ${seconds(everyMs)} apart; ${slowest}`
  return `nothing in the other ${count(directions, 'direction')}; ${slowest}`
}

/** What is known besides: probes that were not there, or had no CPU, and what happened to nodes. */
function notes({ nodes, happenings }: WatchReport): string[] {
  const apart = nodes.flatMap(({ node, absentMs, noCpuMs }) => [
    ...(absentMs > 0 ? [`${node}: no probe for ${seconds(absentMs)}; paths to it are not judged in this time`] : []),
    ...(noCpuMs > 0 ? [`${node}: not observed for ${seconds(noCpuMs)}, no CPU`] : []),
  ])
  const told = happenings.map(({ at, says }) => `${seconds(Math.max(0, at)).padStart(8)}  ${says}`)
  const more = told.length - MOST_HAPPENINGS
  const lines = [...apart.slice(0, MOST), ...(apart.length > MOST ? [`… and ${apart.length - MOST} more`] : [])]
  return [
    ...(lines.length > 0 ? ['', ...lines.flatMap((line) => wrap(line, COLUMNS))] : []),
    ...(told.length > 0 ? ['', ...told.slice(0, MOST_HAPPENINGS).flatMap((line) => wrap(line, COLUMNS))] : []),
    ...(more > 0 ? [`          … and ${more} more`] : []),
  ]
}

const count = (n: number, word: string): string => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
