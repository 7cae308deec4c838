import { clipped, visible } from '../../contract/visible.ts'
import type { Result } from '../../reports/model.ts'
import { COLUMNS, labelled, MARGIN, type Paint, seconds } from '../terminal.ts'

export const MARKS = {
  passed: 'ok  ',
  failed: 'FAIL',
  expected: 'exp ',
  skipped: 'skip',
  inconclusive: '??? ',
} as const
export const COLOURS = {
  passed: 'green',
  failed: 'red',
  expected: 'yellow',
  skipped: 'yellow',
  inconclusive: 'magenta',
} as const
const ORDER = ['failed', 'inconclusive', 'expected', 'skipped', 'passed'] as const

/** The longest text of one field on the screen, in characters. The report has all of it. */
const LONGEST = 2_000

export const worstOf = (results: readonly Result[]): Result['status'] =>
  ORDER.find((status) => results.some((each) => each.status === status)) ?? 'passed'

/** Which rows are explained below the line of their requirement. */
type Choice = (result: Result) => boolean

/** The line of a requirement. */
function headLine(results: readonly Result[], paint: Paint, indent = '  '): string {
  const [first] = results
  if (!first) return ''
  const worst = worstOf(results)
  const took = seconds(Math.max(...results.map((each) => each.duration)))
  const right = worst === 'skipped' ? '' : `${rowsOf(results)}  ${took.padStart(7)}`
  const room = COLUMNS - 13 - indent.length - right.length
  const title = clipped(visible(first.title), room).padEnd(room)
  return `${indent}${paint(COLOURS[worst], MARKS[worst])}  ${first.id.padEnd(4)}  ${title} ${right}`.trimEnd()
}

/** The line of a requirement, and below it the explanations of the rows that did not pass. */
export function requirementLines(results: readonly Result[], paint: Paint): string[] {
  if (results.length === 0) return []
  const isBad: Choice = ({ status }) => status !== 'passed'
  return [headLine(results, paint), ...explanations(results, isBad, paint), ...why(results, paint), ...tables(results)]
}

const isTold: Choice = ({ status }) => status !== 'passed' && status !== 'failed'

/** The line of a requirement, and below it why rows were not judged, not tested, or failed as expected. Broken promises are told at the end. */
export const plainLines = (results: readonly Result[], paint: Paint): string[] => [
  headLine(results, paint),
  ...explanations(results, isTold, paint),
]

/** The same below the line of a chapter, in as few lines as possible: the report has the whole reasons. */
export function briefLines(results: readonly Result[], paint: Paint): string[] {
  const short = results.map((each) => ({ ...each, because: reasonIn(each.because) }))
  return [headLine(results, paint, '    '), ...explanations(short, isTold, paint)]
}

/** The sentence that says why a row is not judged, or else the first one. */
function reasonIn(text: string): string {
  const sentences = text.split(/(?<=[^.]\.)\s+(?=[A-Z])/)
  return sentences.find((each) => each.includes('inconclusive')) ?? sentences[0] ?? text
}

/** A broken promise in full, for the rows that are chosen. */
export function brokenLines(results: readonly Result[], isChosen: Choice, paint: Paint): string[] {
  const [first] = results
  if (!first) return []
  const title = clipped(visible(first.title), COLUMNS - 8)
  const told = explanations(results, (each) => each.status === 'failed' && isChosen(each), paint)
  return [`  ${first.id.padEnd(4)}  ${paint('bold', title)}`, ...told, ...why(results, paint), ...tables(results)]
}

const why = (results: readonly Result[], paint: Paint): string[] =>
  worstOf(results) === 'failed' ? field('why', `flatnet explain ${results[0]?.id}`, paint) : []

/** Explains the chosen rows: rows with the same reason together, and the expectation once for all of them. */
function explanations(results: readonly Result[], isChosen: Choice, paint: Paint): string[] {
  const bad = results.filter(isChosen)
  // A Rule's title may say word for word what was expected.
  let told = results[0]?.title ?? ''
  return [...Map.groupBy(bad, ({ status, because }) => `${status}:${because}`).values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const rows = group.length < results.length ? group.map(({ row, name }) => row || name).join('; ') : ''
    if (first.status === 'skipped')
      return labelled('', visible(rows ? `${rows}: ${first.because}` : first.because)).map((line) => paint('dim', line))
    if (first.status === 'expected')
      return [...field('row', rows, paint), ...field('expected', `to fail: ${first.reason}`, paint)]
    const { violation } = first.evidence
    if (first.status !== 'failed' || !violation)
      return [...field('row', rows, paint), ...field('because', first.because, paint)]
    const expected = plain(violation.expected) === plain(told) ? '' : violation.expected
    told = violation.expected
    return [
      ...field('expected', expected, paint),
      ...field('row', rows, paint),
      ...field('seen', violation.actual, paint),
      ...field('where', violation.where, paint),
    ]
  })
}

const plain = (sentence: string) => sentence.toLowerCase().replaceAll('’', "'")

/** A text below its heading, with a label in the margin; nothing if there is no text. */
export const field = (label: string, text = '', paint: Paint): string[] =>
  text ? labelled(`    ${label}`, visible(clipped(text, LONGEST)), (margin) => paint('dim', margin)) : []

const tables = (results: readonly Result[]): string[] =>
  results.flatMap((each) =>
    each.tables.flatMap((table) => [
      '',
      ...visible(table)
        .split('\n')
        .map((line) => MARGIN + line),
      '',
    ]),
  )

/** The protocols of the rows, or how many rows there are. */
function rowsOf(results: readonly Result[]): string {
  const words = [
    ...new Set(results.flatMap((each) => each.row.split(', ').filter((cell) => /^(TCP|UDP|HTTP)$/.test(cell)))),
  ]
  if (words.length > 0) return words.join(' ').toLowerCase()
  return results.length > 1 ? `${results.length} rows` : ''
}
