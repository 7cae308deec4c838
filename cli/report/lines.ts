import { clipped, visible } from '../../contract/visible.ts'
import type { Cause } from '../../reports/cause.ts'
import type { Comparison } from '../../reports/compare.ts'
import { field } from '../run/requirements.ts'
import { COLUMNS, labelled, type Paint, wrap } from '../terminal.ts'

type Change = Comparison['worse'][number]

/** The most promises of one list. With --json, and in the reports of both runs, all of them are told. */
const MOST = 40

/** Two runs compared, as text: what got worse first, and the answer in the last lines. */
export function comparisonLines(comparison: Comparison, paint: Paint): string[] {
  const { before, after, worse, better, other, causes, isWorse } = comparison
  const known = [...causes.new, ...causes.same]
  const parts = [
    [...sideLines('before', before), ...sideLines('after', after)],
    known.flatMap((cause, i) => [
      ...labelled(`cause ${i + 1}`, visible(`${causes.new.includes(cause) ? 'New' : 'As before'}: ${cause.says}`)),
      ...field('usually', causes.new.includes(cause) ? cause.usually : '', paint),
    ]),
    causes.gone.flatMap(({ says }) => labelled('gone', visible(says), (margin) => paint('green', margin))),
    changeLines('Worse', worse, known, paint),
    changeLines('Better', better, [], paint),
    changeLines('Changed', other, known, paint),
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
function changeLines(title: string, changes: readonly Change[], causes: readonly Cause[], paint: Paint): string[] {
  const promises = [...Map.groupBy(changes, ({ id }) => id).values()]
  if (promises.length === 0) return []
  const told = promises.slice(0, MOST).flatMap((rows) => promiseLines(rows, causes, paint))
  const more = promises.length > MOST ? [`  … and ${promises.length - MOST} more promises`] : []
  return [paint('bold', title), ...told, ...more]
}

function promiseLines(changes: readonly Change[], causes: readonly Cause[], paint: Paint): string[] {
  const { id = '', title = '' } = changes[0] ?? {}
  const groups = Map.groupBy(changes, ({ before, after, nodes, cause }) => [before, after, cause ?? nodes].join('\n'))
  return [
    `  ${id.padEnd(4)}  ${clipped(visible(title), COLUMNS - 8)}`,
    ...[...groups.values()].flatMap((group) => {
      const [first] = group
      if (!first) return []
      const { before, after, nodes, cause, because } = first
      const rows = group.flatMap(({ row }) => (row ? [row] : [])).join('; ')
      const by = causes.findIndex(({ says }) => says === cause)
      const words = [`${before} -> ${after}`, rows && `: ${rows}`, by >= 0 && `, explained by cause ${by + 1}`]
      const isAlone = by < 0 && after !== 'kept'
      return [
        ...wrap(`        ${visible(words.filter(Boolean).join(''))}`, COLUMNS),
        ...field('between', isAlone ? nodes.join('; ') : '', paint),
        ...field('because', isAlone ? firstLine(because) : '', paint),
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
