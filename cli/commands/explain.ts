import type { Rule, Scenario } from '@cucumber/messages'
import { UsageError } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import { didYouMean } from '../../contract/nearest.ts'
import { FAULTS } from '../../faults/index.ts'
import { readSpecification } from '../../suite/features.ts'
import { COLUMNS, type Paint, painter, wrap } from '../terminal.ts'

const LINK = /\[([^\]]+)\]\(([^)]+)\)/g

const FENCE = '```'

/** The paragraphs of a description for a terminal: a link is its words, and its address behind them. A picture stays as it is. */
const prose = (text: string): string[] =>
  text
    .trim()
    .split(/\n\s*\n/)
    .flatMap((paragraph) => [...(paragraph.includes(FENCE) ? picture(paragraph) : flowing(paragraph)), ''])

const flowing = (paragraph: string): string[] =>
  wrap(paragraph.replace(LINK, '$1 <$2>').replace(/\s+/g, ' ').trim(), COLUMNS)

const picture = (paragraph: string): string[] => {
  const lines = paragraph.split('\n').filter((line) => !line.trim().startsWith(FENCE))
  const margin = Math.min(...lines.map((line) => line.search(/\S/)).filter((at) => at >= 0))
  return lines.map((line) => `  ${line.slice(margin)}`)
}

const has = (scenario: Scenario | undefined, id: string) => scenario?.tags.some((tag) => tag.name === `@${id}`) ?? false

/** `flatnet explain ID`: prints the requirement in full, and the faults that break it. */
export function explain(word: string): number {
  process.stdout.write(`${explainLines(word, painter(process.stdout)).join('\n')}\n`)
  return EXIT.ok
}

/** The lines of `flatnet explain ID`. @throws UsageError if there is no such scenario. */
export function explainLines(word: string, paint: Paint): string[] {
  const id = word.toUpperCase()
  const { documents, rows } = readSpecification()
  if (!rows.some((row) => row.id === id))
    throw new UsageError(`there is no scenario ${word}${didYouMean(id, new Set(rows.map((row) => row.id)))}`)
  const out: string[] = []
  for (const { feature, uri } of documents) {
    const rules = (feature?.children ?? []).flatMap(({ rule }) => (rule ? [rule] : []))
    const found = rules.filter((rule) => rule.children.some(({ scenario }) => has(scenario, id)))
    if (!feature || found.length === 0) continue
    out.push(paint('bold', feature.name), '', ...prose(feature.description))
    for (const rule of found) out.push(...ruleLines(rule, id, paint))
    out.push(...faultLines(id, paint), paint('dim', `${uri}`))
  }
  return out
}

function ruleLines(rule: Rule, id: string, paint: Paint): string[] {
  const scenarios = rule.children.flatMap(({ scenario }) => (scenario && has(scenario, id) ? [scenario] : []))
  return [
    `${id}  ${paint('bold', rule.name)}`,
    '',
    ...(rule.description ? prose(rule.description) : []),
    ...scenarios.flatMap(scenarioLines),
  ]
}

const scenarioLines = ({ name, steps, examples }: Scenario): string[] => [
  ...wrap(`  ${name}`, COLUMNS),
  ...steps.flatMap(({ keyword, text, dataTable }) => [
    ...wrap(`    ${keyword}${text}`, COLUMNS),
    ...table(dataTable?.rows ?? []).map((line) => `      ${line}`),
  ]),
  '',
  ...examples.flatMap(({ tags, keyword, name: title, tableHeader, tableBody }) => [
    ...(tags.length > 0 ? [`    ${tags.map((tag) => tag.name).join(' ')}`] : []),
    `    ${`${keyword}: ${title}`.trim()}`,
    ...table([...(tableHeader ? [tableHeader] : []), ...tableBody]).map((line) => `      ${line}`),
    '',
  ]),
]

/** A table as in Gherkin. Each column is as wide as its widest cell. */
function table(rows: readonly { cells: readonly { value: string }[] }[]): string[] {
  const widthOf = (column: number) => Math.max(...rows.map(({ cells }) => cells[column]?.value.length ?? 0))
  return rows.map(({ cells }) => `| ${cells.map(({ value }, i) => value.padEnd(widthOf(i))).join(' | ')} |`)
}

/** The sentence of each fault that claims a scenario. */
function faultLines(id: string, paint: Paint): string[] {
  const faults = FAULTS.filter(({ breaks }) => breaks.some((claim) => claim.id === id))
  if (faults.length === 0) return []
  return [
    paint('bold', 'What usually breaks it'),
    '',
    ...faults.flatMap(({ id: fault, says }) => [`  ${fault}`, ...wrap(says, COLUMNS - 4).map((line) => `    ${line}`)]),
    '',
    ...wrap(`flatnet prove --scenario ${id} injects each of them, and shows that ${id} then fails.`, COLUMNS),
    '',
  ]
}
