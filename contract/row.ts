import { z } from 'zod'

/** Every cluster with Linux pods must pass `core`. `extended` depends on the capabilities of the cluster. */
export const Level = z.enum(['core', 'extended'])
export type Level = z.infer<typeof Level>

/** One row of the specification: a scenario, or one example of an outline. */
export const Row = z.object({
  id: z.string(),
  level: Level,
  /** The feature's title. */
  chapter: z.string(),
  /** The requirement: the Rule's title. */
  title: z.string(),
  /** The values of its example; empty for a scenario without examples. */
  row: z.string(),
  /** The scenario's title with the example's values in place. */
  name: z.string(),
  tags: z.array(z.string()),
  uri: z.string(),
  line: z.number(),
})
export type Row = z.infer<typeof Row>

/** The place of a row in the features, as `uri:line`. It names the row in plans, shards and messages. */
export const placeOf = ({ uri, line }: Pick<Row, 'uri' | 'line'>): string => `${uri}:${line}`

/** The capabilities that rows need: the names of their tags `@needs-…`. */
export const needsOf = (rows: readonly Row[]): string[] => [
  ...new Set(rows.flatMap(({ tags }) => tags.flatMap((tag) => /^@needs-(.+)$/.exec(tag)?.[1] ?? []))),
]
