import { z } from 'zod'
import type { Row } from './row.ts'

/** A row that is expected to fail, or all rows of a scenario, with the reason. */
export const Expected = z.object({
  id: z.string(),
  row: z.string().optional(),
  reason: z.string(),
  mayPass: z.literal(true).optional(),
  /** Path of the file that says so. */
  from: z.string(),
})
export type Expected = z.infer<typeof Expected>

/** The entry about a row; undefined if it is not expected to fail. */
export const expectationOf = (
  entries: readonly Expected[],
  { id, row }: Pick<Row, 'id' | 'row'>,
): Expected | undefined => entries.find((entry) => entry.id === id && (entry.row === undefined || entry.row === row))
