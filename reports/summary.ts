import { clipped, visible } from '../contract/visible.ts'
import type { Model } from './model.ts'
import { causeOf, nameOf, reasonTold, rowsTold, type Told } from './rows-told.ts'
import type { Verdict } from './verdict.ts'

/** GitHub shows no step summary that is longer, in bytes. */
const MOST_BYTES = 1_048_576
/** What one row may take of it, in characters, and how many rows are told in full. */
const LONGEST = 1_500
const MOST_ROWS = 60

/** Text as Markdown that says just this text: no HTML, no links, no mentions, no formatting, in one line. */
const inMarkdown = (text: string): string =>
  visible(clipped(text, LONGEST))
    .replace(/[\\`*_{}[\]()#+!|~>$:@-]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('\t', ' ')
    .replaceAll('\n', '<br>')

/** Text as a block of code, whose fence is longer than any in the text. */
function block(text: string): string {
  const fences = [...text.matchAll(/`+/g)].map(([fence]) => fence.length)
  const fence = '`'.repeat(Math.max(2, ...fences) + 1)
  return `${fence}text\n${visible(clipped(text, LONGEST))}\n${fence}`
}

const WORDS = {
  conformant: '✅ Conformant',
  partial: '🟡 Conformant as far as tested',
  'non-conformant': '❌ Non-conformant',
  inconclusive: '❔ Inconclusive',
} as const

/** The run as Markdown, for GitHub's step summary: the verdict, the causes, and what no cause explains. */
export function summaryOf(model: Model, verdict: Verdict): string {
  const rows = rowsTold(model, verdict)
  const alone = rows.filter((row) => isBad(row) && causeOf(verdict, row) === undefined)
  const skipped = [
    ...Map.groupBy(
      rows.filter(({ status }) => status === 'skipped'),
      ({ because }) => because,
    ),
  ]
  const parts = [
    `## ${WORDS[verdict.result]}: the Kubernetes network model`,
    ...(verdict.trouble === undefined ? [] : [inMarkdown(verdict.trouble)]),
    profilesTable(verdict),
    ...verdict.causes.map((cause, i) => causePart(cause, i)),
    ...(alone.length > 0 && verdict.causes.length > 0 ? ['### Not explained by a cause'] : []),
    ...alone.slice(0, MOST_ROWS).map(rowPart),
    ...(alone.length > MOST_ROWS ? [`… and ${alone.length - MOST_ROWS} more rows; report.yaml has all of them.`] : []),
    ...(skipped.length > 0
      ? [
          '### Not tested',
          skipped
            .slice(0, MOST_ROWS)
            .map(([why, all]) => `- ${idsOf(all)}: ${inMarkdown(why)}`)
            .join('\n'),
        ]
      : []),
  ]
  return bounded(parts)
}

const isBad = ({ status }: Told) => status === 'failed' || status === 'inconclusive'
const idsOf = (rows: readonly { id: string }[]) => [...new Set(rows.map(({ id }) => inMarkdown(id)))].join(' ')

function profilesTable({ core, extended }: Verdict): string {
  const line = ({ name, passed, failed, inconclusive, expected, untested }: Verdict['core']) =>
    `| ${[name, ...[passed, failed, inconclusive, expected, untested].map(({ length }) => length)].join(' | ')} |`
  const head =
    '| rows | kept | broken | not judged | failed as expected | not tested |\n| --- | --: | --: | --: | --: | --: |'
  return [head, line(core), line(extended)].join('\n')
}

function causePart(
  { says, isSure, intact, explains, usually, shown = [], look }: Verdict['causes'][number],
  i: number,
): string {
  return [
    `### Cause ${i + 1}: ${isSure ? '' : 'likely: '}${inMarkdown(says)}`,
    ...(intact.length > 0 ? [intact.map((each) => `- intact: ${inMarkdown(each)}`).join('\n')] : []),
    `It explains ${explains.length} rows: ${idsOf(explains)}.`,
    ...(usually ? [`What usually does this: ${inMarkdown(usually)}`] : []),
    ...(shown.length > 0 ? [shown.map((each) => `- shown by a node: ${inMarkdown(each)}`).join('\n')] : []),
    ...(look.length > 0 ? [block(look.join('\n'))] : []),
  ].join('\n\n')
}

const rowPart = (row: Told): string =>
  `<details><summary>${row.status === 'failed' ? '❌' : '❔'} ${inSummary(nameOf(row))}</summary>\n\n${block(reasonTold(row))}\n\n</details>`

/** Text inside an HTML element, where Markdown is not read. */
const inSummary = (text: string): string =>
  visible(clipped(text, 300))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '&#64;')
    .replaceAll('\n', ' ')

/** The parts that fit into what GitHub shows. */
function bounded(parts: readonly string[]): string {
  const out: string[] = []
  let bytes = 200
  for (const part of parts) {
    bytes += Buffer.byteLength(part) + 2
    if (bytes > MOST_BYTES) return `${out.join('\n\n')}\n\nThe rest does not fit; report.yaml has it.\n`
    out.push(part)
  }
  return `${out.join('\n\n')}\n`
}
