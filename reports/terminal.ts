import { styleText } from 'node:util'
import type { Result } from './model.ts'
import type { Untested, Verdict } from './verdict.ts'

const WIDTH = 80
const MARKS = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip', inconclusive: '??? ' } as const
const COLOURS = { passed: 'green', failed: 'red', skipped: 'yellow', inconclusive: 'magenta' } as const
const ORDER = ['failed', 'inconclusive', 'skipped', 'passed'] as const

/** Colours where the stream shows them; every mark also reads without. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

export const painter =
  (stream: NodeJS.WriteStream): Paint =>
  (style, text) =>
    styleText(style, text, { stream })

export const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

/** Breaks text into lines of that width, at spaces; what has none stays whole. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? ''
    const out: string[] = []
    let now = ''
    for (const word of line.trimStart().split(' ')) {
      if (now && indent.length + now.length + 1 + word.length > width) {
        out.push(indent + now)
        now = word
      } else now = now ? `${now} ${word}` : word
    }
    return [...out, indent + now]
  })
}

/** One requirement's line, and under it what there is to say about the rows that were not kept. */
export function requirementLines(results: readonly Result[], paint: Paint): string[] {
  const worst = ORDER.find((status) => results.some((each) => each.status === status)) ?? 'passed'
  const [first] = results
  if (!first) return []
  const took = seconds(Math.max(...results.map((each) => each.duration)))
  const right = worst === 'skipped' ? '' : `${rowsOf(results)}  ${took.padStart(7)}`
  const room = WIDTH - 15 - right.length
  const title = first.title.length > room ? `${first.title.slice(0, room - 1)}…` : first.title.padEnd(room)
  const head = `  ${paint(COLOURS[worst], MARKS[worst])}  ${first.id.padEnd(4)}  ${title} ${right}`
  const reasons = Map.groupBy(
    results.filter((each) => each.status !== 'passed'),
    (each) => `${each.status}:${each.because}`,
  )
  const said = [...reasons.values()].flatMap((group) => explanation(group, results.length, paint))
  const why = worst === 'failed' ? [`              why it matters: flatnet explain ${first.id}`] : []
  return [head.trimEnd(), ...said, ...why, ...tables(results)]
}

function explanation(group: readonly Result[], of: number, paint: Paint): string[] {
  const [first] = group
  if (!first) return []
  const rows = group.map((each) => each.row).filter(Boolean)
  const which = group.length < of && rows.length > 0 ? [`${rows.join('; ')}:`] : []
  const text = wrap([...which, first.because].join(first.status === 'skipped' ? ' ' : '\n'), WIDTH - 14)
  return text.map((line) => `              ${first.status === 'skipped' ? paint('dim', line) : line}`)
}

const tables = (results: readonly Result[]): string[] =>
  results.flatMap((each) =>
    each.tables.flatMap((table) => ['', ...table.split('\n').map((line) => `              ${line}`), '']),
  )

/** The protocols of the rows, or how many rows there are. */
function rowsOf(results: readonly Result[]): string {
  const words = [
    ...new Set(results.flatMap((each) => each.row.split(', ').filter((cell) => /^(TCP|UDP|HTTP)$/.test(cell)))),
  ]
  if (words.length > 0) return words.join(' ').toLowerCase()
  return results.length > 1 ? `${results.length} rows` : ''
}

/** The promises that were not tested, grouped by reason. */
export function untestedLines(untested: readonly Untested[], paint: Paint): string[] {
  const groups = Map.groupBy(untested, (row) => row.because)
  const lines = [...groups].flatMap(([because, rows]) => {
    const ids = [...new Set(rows.map((row) => row.id))].join(' ')
    return wrap(`${ids}  ${because}`, WIDTH - 14)
  })
  return lines.map((line, i) => `${i === 0 ? paint('yellow', 'Not tested  ') : '            '}  ${line}`)
}

const HEADLINES = {
  conformant: ['green', 'CONFORMANT'],
  partial: ['yellow', 'CONFORMANT AS FAR AS TESTED'],
  'non-conformant': ['red', 'NON-CONFORMANT'],
  inconclusive: ['magenta', 'INCONCLUSIVE'],
} as const

const ids = (rows: readonly { id: string }[]) => [...new Set(rows.map((row) => row.id))]
const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`

/** The last lines: the verdict in words and numbers. */
export function verdictLines(
  verdict: Verdict,
  took: { seconds: number; apiRequests: number },
  folder: string,
  paint: Paint,
): string[] {
  const { core, extended } = verdict
  const [colour, word] = HEADLINES[verdict.result]
  const counts = (profile: typeof core) =>
    [
      profile.failed.length > 0 && `${count(ids(profile.failed).length, 'promise')} broken`,
      profile.inconclusive.length > 0 && `${ids(profile.inconclusive).length} not judged`,
      `${ids(profile.passed).filter((id) => !ids(profile.failed).includes(id)).length} kept`,
      profile.untested.length > 0 && `${ids(profile.untested).length} not tested`,
    ]
      .filter(Boolean)
      .join(', ')
  const broken = ids([...core.failed, ...extended.failed])
  return [
    `${paint(['bold', colour], word)}   ${took.seconds.toFixed(1)} s, ${took.apiRequests} API requests`,
    `core          ${counts(core)}`,
    `extended      ${counts(extended)}`,
    ...(broken.length > 0 ? [`broken        ${broken.join(' ')}`] : []),
    ...(verdict.trouble === undefined ? [] : wrap(`because       ${verdict.trouble}`, WIDTH)),
    `report        ${folder}/index.html, report.yaml`,
  ]
}
