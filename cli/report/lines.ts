import { clipped, visible } from '../../contract/visible.ts'
import type { Comparison } from '../../reports/compare.ts'
import { field } from '../run/requirements.ts'
import { COLUMNS, labelled, type Paint } from '../terminal.ts'

type Change = Comparison['worse'][number]

/** The most promises of one list. With --json, and in the reports of both runs, all of them are told. */
const MOST = 40

/** Two runs compared, as text: what got worse first, and the answer in the last lines. */
export function comparisonLines(comparison: Comparison, paint: Paint): string[] {
  const { before, after, worse, better, other, causes, isWorse } = comparison
  const parts = [
    [...sideLines('before', before), ...sideLines('after', after)],
    causes.new.flatMap((cause) => [
      ...labelled('new cause', visible(cause.says), (margin) => paint('red', margin)),
      ...field('usually', cause.usually, paint),
    ]),
    causes.gone.flatMap(({ says }) => labelled('gone', visible(says), (margin) => paint('green', margin))),
    causes.same.flatMap(({ says }) => labelled('as before', visible(says))),
    changeLines('Worse', worse, paint),
    changeLines('Better', better, paint),
    changeLines('Changed', other, paint),
    latencyLines(comparison),
    [answer(comparison, paint(['bold', isWorse ? 'red' : 'green'], isWorse ? 'WORSE' : 'NOT WORSE'))],
  ]
  return parts.filter(({ length }) => length > 0).flatMap((lines) => ['', ...lines])
}

const sideLines = (label: string, { flatnetVersion, startedAt, cluster, result }: Comparison['before']) =>
  labelled(
    label,
    visible([result, startedAt.slice(0, 16).replace('T', ' '), cluster, `flatnet ${flatnetVersion}`].join('   ')),
  )

/** The changes of each promise: rows that changed in the same way together. */
function changeLines(title: string, changes: readonly Change[], paint: Paint): string[] {
  const promises = [...Map.groupBy(changes, ({ id }) => id).values()]
  if (promises.length === 0) return []
  const told = promises.slice(0, MOST).flatMap((rows) => promiseLines(rows, paint))
  const more = promises.length > MOST ? [`  … and ${promises.length - MOST} more promises`] : []
  return [paint('bold', title), ...told, ...more]
}

function promiseLines(changes: readonly Change[], paint: Paint): string[] {
  const { id = '', title = '' } = changes[0] ?? {}
  const groups = Map.groupBy(changes, ({ before, after, nodes, cause }) => [before, after, cause, ...nodes].join('\n'))
  return [
    `  ${id.padEnd(4)}  ${clipped(visible(title), COLUMNS - 8)}`,
    ...[...groups.values()].flatMap((group) => {
      const [first] = group
      if (!first) return []
      return [
        ...field(`${first.before} -> ${first.after}`, group.map(({ row }) => row || 'its only row').join('; '), paint),
        ...field('between', first.nodes.join('; '), paint),
        ...(first.cause === undefined && first.after !== 'kept'
          ? field('because', firstLine(first.because), paint)
          : []),
      ]
    }),
  ]
}

const firstLine = (text: string) => clipped(text.split('\n')[0] ?? '', 200)

function latencyLines({ connectMs: { before, after, slower } }: Comparison): string[] {
  if (!before || !after) return []
  const show = (name: 'p50' | 'p90' | 'p99') => `${name} ${before[name]} -> ${after[name]} ms`
  const ids = slower.map(({ id, before: was, after: is }) => `${id} ${was} -> ${is} ms`)
  return [
    ...labelled('connect', [show('p50'), show('p90'), show('p99')].join('   ')),
    ...(ids.length > 0 ? labelled('slower', `${ids.join('   ')} (medians; not judged)`) : []),
  ]
}

function answer({ worse, better, causes }: Comparison, word: string): string {
  const ids = (changes: readonly Change[]) => new Set(changes.map(({ id }) => id)).size
  const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
  return `${word}   ${count(ids(worse), 'promise')} worse, ${ids(better)} better; ${count(causes.new.length, 'new cause')}, ${causes.gone.length} gone`
}
