import { hasRun, type Told } from '../rows-told.ts'

/** A file of a row. */
export interface Attachment {
  name: string
  source: string
  type: string
  content: string
}

/** The longest list of conversations of one row. */
const MOST = 200

/** The files of a row: its timeline and its tables; and both ends' view of its conversations if it did not pass. */
export function attachmentsOf(row: Told): Attachment[] {
  if (!hasRun(row)) return []
  const { evidence, tables, timeline, status } = row
  const flows = evidence.flows.slice(0, MOST)
  const isTold = status !== 'passed' && status !== 'skipped' && flows.length > 0
  const json = (name: string, source: string, content: unknown) => ({
    ...{ name, source, type: 'application/json' },
    content: JSON.stringify(content, null, 1),
  })
  const plain = (name: string, source: string, content: string) => ({ name, source, type: 'text/plain', content })
  return [
    ...(isTold ? [json('conversations, as both ends saw them', 'flows.json', flows)] : []),
    ...tables.map((table, i) => plain('table', `table-${i + 1}.txt`, table)),
    ...(timeline
      ? [
          plain('timeline', 'timeline.txt', timeline.drawing),
          json('timeline, for programs', 'timeline.json', timeline.rows),
        ]
      : []),
  ]
}
