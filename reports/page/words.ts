import type { RowStatus } from '../model.ts'
import type { Verdict } from '../verdict.ts'

/** How a result is shown: a mark, a word and the class of its colour. The word alone is enough. */
export interface Shown {
  mark: string
  word: string
  look: 'good' | 'bad' | 'doubt' | 'none'
}

/** The words for the result of one row. */
export const STATUS: Readonly<Record<RowStatus | 'untested', Shown>> = {
  passed: { mark: '✓', word: 'kept', look: 'good' },
  failed: { mark: '✕', word: 'broken', look: 'bad' },
  expected: { mark: '≈', word: 'broken as expected', look: 'doubt' },
  inconclusive: { mark: '?', word: 'not judged', look: 'doubt' },
  skipped: { mark: '–', word: 'not tested', look: 'none' },
  untested: { mark: '–', word: 'not tested', look: 'none' },
}

/** The worst of some results comes first. */
export const WORST = ['failed', 'inconclusive', 'expected', 'passed', 'skipped', 'untested'] as const

const CONCLUSIONS: Readonly<Record<Verdict['result'], Shown>> = {
  conformant: { mark: '✓', word: 'Conformant', look: 'good' },
  partial: { mark: '◐', word: 'Conformant as far as tested', look: 'doubt' },
  'non-conformant': { mark: '✕', word: 'Non-conformant', look: 'bad' },
  inconclusive: { mark: '?', word: 'Inconclusive', look: 'doubt' },
}

/** The verdict in a few words. The exit code is 1 if only an extended promise is broken, so the words say that too. */
export function headlineOf({ result, extended }: Verdict): Shown {
  const shown = CONCLUSIONS[result]
  const broken = ids(extended.failed).length
  if (broken === 0 || result === 'non-conformant') return shown
  return {
    ...{ mark: '✕', look: 'bad' },
    word: `Core: ${shown.word.toLowerCase()}; ${count(broken, 'extended promise')} broken`,
  }
}

/** The ids of rows, each once. */
export const ids = (rows: readonly { id: string }[]): string[] => [...new Set(rows.map(({ id }) => id))]

/** A number with its noun. */
export const count = (n: number, noun: string): string => `${grouped(n)} ${noun}${n === 1 ? '' : 's'}`

/** A number with spaces between its thousands. */
const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f')

/** Some names, and the number of the others. */
export const listed = (names: readonly string[], most = 4): string =>
  names.length > most + 1 ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ')

/** A time in milliseconds, as a person says it. */
export function duration(ms: number): string {
  if (ms >= 120_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
  return ms >= 10_000 ? `${Math.round(ms / 1000)} s` : ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${precise(ms)} ms`
}

const precise = (ms: number): string => (ms >= 10 ? String(Math.round(ms)) : String(Math.round(ms * 10) / 10))

/** The median of some numbers; undefined if there are none. */
export const median = (values: readonly number[]): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
