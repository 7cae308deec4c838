import type { Rule, Scenario } from '@cucumber/messages'
import { UsageError } from '../../contract/errors.ts'
import { didYouMean } from '../../contract/nearest.ts'
import { painter } from '../../reports/terminal.ts'
import { readSpecification } from '../../suite/features.ts'

const dedent = (text: string) => text.replace(/^[ \t]+/gm, '').trim()

const has = (scenario: Scenario | undefined, id: string) => scenario?.tags.some((tag) => tag.name === `@${id}`) ?? false

/** `flatnet explain ID`: prints the requirement in full. */
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
    out.push(paint('dim', `${uri}`))
  }
  process.stdout.write(`${out.join('\n')}\n`)
  return 0
}

function ruleLines(rule: Rule, id: string, paint: ReturnType<typeof painter>): string[] {
  const scenarios = rule.children.flatMap(({ scenario }) => (scenario && has(scenario, id) ? [scenario] : []))
  const steps = scenarios.flatMap(({ name, steps, examples }) => [
    `  ${name}`,
    ...steps.map((step) => `    ${step.keyword}${step.text}`),
    ...examples.flatMap(({ tableHeader, tableBody }) =>
      [tableHeader, ...tableBody].map((row) => `      | ${row?.cells.map((cell) => cell.value).join(' | ')} |`),
    ),
    '',
  ])
  return [
    `${id}  ${paint('bold', rule.name)}`,
    '',
    ...(rule.description ? [dedent(rule.description), ''] : []),
    ...steps,
  ]
}
