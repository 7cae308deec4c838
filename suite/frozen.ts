import { createHash } from 'node:crypto'
import { compile } from '@cucumber/gherkin'
import { IdGenerator, type Pickle } from '@cucumber/messages'
import { z } from 'zod'
import { Level } from '../contract/row.ts'
import { rowOf } from '../reports/rows.ts'
import type { Specification } from './features.ts'

const FrozenRow = z.strictObject({
  id: z.string(),
  level: Level,
  title: z.string(),
  row: z.string().optional(),
  needs: z.array(z.string()).optional(),
  /** Of its sentences with their tables: 12 hexadecimal digits. */
  digest: z.string(),
})
export type FrozenRow = z.infer<typeof FrozenRow>

/** One version of the specification, as it is published: what the word "conformant" means in reports of this version. */
export const Frozen = z.strictObject({
  specification: z.string(),
  /** The day of the release from which on this version does not change; absent while it may. */
  released: z.iso.date().optional(),
  rows: z.array(FrozenRow),
})
export type Frozen = z.infer<typeof Frozen>

/** The rows of a specification in reading order, each with the digest of its sentences. */
export function frozenRows({ documents }: Pick<Specification, 'documents'>): FrozenRow[] {
  return documents.flatMap((document) =>
    compile(document, document.uri ?? '', IdGenerator.uuid()).map((pickle) => {
      const { id, level, title, row, tags } = rowOf(document, pickle)
      const needs = tags.flatMap((tag) => /^@needs-(.+)$/.exec(tag)?.[1] ?? [])
      return {
        ...{ id, level, title },
        ...(row && { row }),
        ...(needs.length > 0 && { needs }),
        digest: digestOf(pickle),
      }
    }),
  )
}

const digestOf = ({ steps }: Pickle): string =>
  createHash('sha256')
    .update(JSON.stringify(steps.map(({ text, argument }) => [text, argument ?? null])))
    .digest('hex')
    .slice(0, 12)
