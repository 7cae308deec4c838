import { EXIT } from '../../contract/exit.ts'
import type { Row } from '../../contract/row.ts'
import { readSpecification } from '../../suite/features.ts'
import { readVocabulary, type Vocabulary } from '../../suite/vocabulary.ts'
import { COLUMNS, labelled, MARGIN, type Paint, painter, wrap } from '../terminal.ts'

/** `flatnet list`: prints the specification by chapter and Rule, one line for each row; with `steps`, the sentences of the vocabulary. */
export async function list({ json, steps }: { json?: boolean; steps?: boolean }): Promise<number> {
  const content = steps ? await readVocabulary() : readSpecification().rows
  const paint = painter(process.stdout)
  const text = () => ('sentences' in content ? vocabularyLines(content, paint) : bookLines(content, paint)).join('\n')
  process.stdout.write(`${json ? JSON.stringify(content, null, 2) : text()}\n`)
  return EXIT.ok
}

/** The chapters, their Rules with id and level, and the rows of each Rule. */
function bookLines(rows: readonly Row[], paint: Paint): string[] {
  const ruleOf = ({ id, level, title }: Row) => `  ${id.padEnd(4)}  ${level === 'core' ? 'core' : 'ext '}  ${title}`
  return [...Map.groupBy(rows, ({ chapter }) => chapter)].flatMap(([chapter, all], i) => [
    ...(i > 0 ? [''] : []),
    paint('bold', chapter),
    ...[...Map.groupBy(all, ruleOf)].flatMap(([rule, some]) => [rule, ...some.flatMap(rowLines)]),
  ])
}

/** The name of a row. A long one continues below, further to the right. */
const rowLines = ({ name }: Row): string[] =>
  wrap(name, COLUMNS - 10).map((line, i) => `${i === 0 ? '        ' : '          '}${line}`)

/** The words of a parameter: in one line if they fit, otherwise one line for each. */
function choice(name: string, words: readonly string[]): string[] {
  const line = words.join(' | ')
  return labelled(`  {${name}}`, line.length > COLUMNS - MARGIN.length ? words.toSorted().join('\n') : line)
}

/** The sentences by keyword, then the words of each parameter. */
function vocabularyLines({ sentences, parameters }: Vocabulary, paint: Paint): string[] {
  const said = [...Map.groupBy(sentences, ({ keyword }) => keyword)].flatMap(([keyword, all]) => [
    paint('bold', keyword),
    ...all.map(({ sentence }) => `  ${sentence}`),
    '',
  ])
  const words = Object.entries(parameters).filter(([, values]) => values.length > 0)
  return [...said, paint('bold', 'Parameters'), ...words.flatMap(([name, values]) => choice(name, values))]
}
