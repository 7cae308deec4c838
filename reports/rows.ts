import type { GherkinDocument, Pickle, TableRow } from '@cucumber/messages'
import type { Row } from '../contract/row.ts'

const ID = /^@([A-Z]{1,2}\d\d)$/

/** The row of the specification that a pickle belongs to. */
export function rowOf(document: GherkinDocument, pickle: Pickle): Row {
  const tags = pickle.tags.map((tag) => tag.name)
  const found = locate(document, pickle)
  return {
    id: tags.map((tag) => ID.exec(tag)?.[1]).find((id) => id !== undefined) ?? '',
    level: tags.includes('@core') ? 'core' : 'extended',
    chapter: document.feature?.name ?? '',
    title: found.rule ?? pickle.name,
    row: found.cells.join(', '),
    name: pickle.name,
    tags,
    uri: pickle.uri,
    line: found.line,
  }
}

function locate(
  document: GherkinDocument,
  pickle: Pickle,
): { rule: string | undefined; cells: string[]; line: number } {
  const [scenarioId, rowId] = pickle.astNodeIds
  for (const child of document.feature?.children ?? []) {
    const scenarios = child.rule ? child.rule.children.map((c) => c.scenario) : [child.scenario]
    const scenario = scenarios.find((each) => each?.id === scenarioId)
    if (!scenario) continue
    const body = scenario.examples.flatMap((examples) => examples.tableBody as TableRow[])
    const row = body.find((each) => each.id === rowId)
    const line = (row ?? scenario).location.line
    return { rule: child.rule?.name, cells: row?.cells.map((cell) => cell.value) ?? [], line }
  }
  return { rule: undefined, cells: [], line: 0 }
}
