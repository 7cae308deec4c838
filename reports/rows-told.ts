import { placeOf } from '../contract/row.ts'
import type { Cause } from './cause.ts'
import type { Model, Result } from './model.ts'
import type { Untested, Verdict } from './verdict.ts'

/** A row as reports list it: one that ran, one that was selected and did not run, or a finding about the whole run. */
export type Told = Result | (Untested & { status: 'skipped' | 'inconclusive' | 'failed' })

/** Every row that ran or was selected, in the order of the book, as the verdict judges it. Findings about the whole run come first. */
export function rowsTold({ facts }: Model, verdict: Verdict): Told[] {
  const places = new Map((facts?.specification ?? []).map((row, i) => [placeOf(row), i]))
  const planned = new Set(facts?.planned)
  const orderOf = (row: Told) => places.get(placeOf(row)) ?? places.size
  const rows = [verdict.core, verdict.extended].flatMap(
    ({ passed, failed, expected, inconclusive, untested }): Told[] => [
      ...[...passed, ...failed, ...expected, ...inconclusive],
      ...untested.filter((row) => 'status' in row || planned.has(placeOf(row))).map(asSkipped),
    ],
  )
  return [...findings(verdict), ...rows.sort((a, b) => orderOf(a) - orderOf(b))]
}

const asSkipped = (row: Untested): Told => ({ ...row, status: 'skipped' })

/** What decides the exit code of the run and is about no row that ran. */
function findings({ trouble, stale }: Verdict): Told[] {
  const about = { level: 'core' as const, chapter: 'The run', tags: [], uri: '', line: 0 }
  const whole = { ...about, id: '', title: 'The whole run', row: '', name: 'a verdict' }
  return [
    ...(trouble === undefined ? [] : [{ ...whole, status: 'inconclusive' as const, because: trouble }]),
    ...stale.map(({ id, row = '', from }) => ({
      ...{ ...about, id, row, title: 'An expected failure fails', name: row || 'all rows', status: 'failed' as const },
      because: `It passes and is listed as an expected failure; delete its entry from ${from}.`,
    })),
  ]
}

/** Whether a row ran, so that it has a duration, steps and evidence. */
export const hasRun = (row: Told): row is Result => 'duration' in row && 'evidence' in row

/** Why a row has its status, as one text: what was expected, what was seen, and where. */
export function reasonTold(row: Told): string {
  if (!hasRun(row)) return row.because
  if (row.status === 'expected') return `expected failure: ${row.reason}\n${row.because}`
  const expected = row.evidence.violation?.expected
  return expected === undefined ? row.because : `Expected: ${expected}.\nSeen: ${row.because}`
}

/** The name of a row for programs that list tests by name. */
export const nameOf = ({ id, title, row, name }: Told): string => `${id} ${title}: ${row || name}`.trim()

/** The number of the cause that explains a row, from 1 up. */
export function causeOf(
  { causes }: Pick<Verdict, 'causes'>,
  { id, row }: Pick<Told, 'id' | 'row'>,
): number | undefined {
  const found = causes.findIndex(({ explains }) => explains.some((each) => each.id === id && each.row === row))
  return found < 0 ? undefined : found + 1
}

/** A cause as plain lines, for formats that have nothing but text. */
export const causeText = ({ says, isSure, intact, usually, shown = [], look }: Cause, i: number): string =>
  [
    `Cause ${i + 1}: ${isSure ? '' : 'likely: '}${says}`,
    ...intact.map((sentence) => `  intact: ${sentence}`),
    ...(usually ? [`  usually: ${usually}`] : []),
    ...shown.map((sentence) => `  shown: ${sentence}`),
    ...look.map((command) => `  look: ${command}`),
  ].join('\n')
