import type { Rule, Scenario } from '@cucumber/messages'
import { UsageError } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import { didYouMean } from '../../contract/nearest.ts'
import { FAULTS } from '../../faults/index.ts'
import { readSpecification } from '../../suite/features.ts'
import { COLUMNS, type Paint, painter, wrap } from '../terminal.ts'

const dedent = (text: string) => text.replace(/^[ \t]+/gm, '').trim()

const has = (scenario: Scenario | undefined, id: string) => scenario?.tags.some((tag) => tag.name === `@${id}`) ?? false

/** `flatnet explain ID`: prints the requirement in full, and the faults that break it. */
export function explain(word: string): number {
  const id = word.toUpperCase()
  const { documents, rows } = readSpecification()
  if (!rows.some((row) => row.id === id))
    throw new UsageError(`there is no scenario ${word}${didYouMean(id, new Set(rows.map((row) => row.id)))}`)
  const paint = painter(process.stdout)
  const out: string[] = []
  for (const { feature, uri } of documents) {
    const rules = (feature?.children ?? []).flatMap(({ rule }) => (rule ? [rule] : []))
    const found = rules.filter((rule) => rule.children.some(({ scenario }) => has(scenario, id)))
    if (!feature || found.length === 0) continue
    out.push(paint('bold', feature.name), '', dedent(feature.description), '')
    for (const rule of found) out.push(...ruleLines(rule, id, paint))
    out.push(...faultLines(id, paint), paint('dim', `${uri}`))
  }
  process.stdout.write(`${out.join('\n')}\n`)
  return EXIT.ok
}

function ruleLines(rule: Rule, id: string, paint: Paint): string[] {
  const scenarios = rule.children.flatMap(({ scenario }) => (scenario && has(scenario, id) ? [scenario] : []))
  return [
    `${id}  ${paint('bold', rule.name)}`,
    '',
    ...(rule.description ? [dedent(rule.description), ''] : []),
    ...scenarios.flatMap(scenarioLines),
  ]
}

const scenarioLines = ({ name, steps, examples }: Scenario): string[] => [
  `  ${name}`,
  ...steps.flatMap(({ keyword, text, dataTable }) => [
    `    ${keyword}${text}`,
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
    `flatnet prove --scenario ${id} injects each of them, and shows that ${id} then fails.`,
    '',
  ]
}
