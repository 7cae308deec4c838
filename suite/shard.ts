import { placeOf, type Row } from '../contract/row.ts'
import type { Shard } from '../contract/shard.ts'

/** The words of a Given whose subjects are pods of every node that takes part, sampled or not. */
const EVERY_NODE = /another node|every node|every pod/

/** Whether a scenario asks pods of every node. The texts are its Givens. */
export const asksEveryNode = (givens: readonly string[]): boolean => givens.some((text) => EVERY_NODE.test(text))

/**
 * The rows of a shard, as `uri:line`. They are dealt out in the order of the book. Each shard also runs those of `everywhere`, for its
 * part of the nodes.
 */
export function rowsOfShard(
  rows: readonly Row[],
  planned: ReadonlySet<string>,
  { index, of }: Shard,
  everywhere: ReadonlySet<string>,
): Set<string> {
  const all = rows.map(placeOf).filter((row) => planned.has(row))
  const dealt = all.filter((row) => !everywhere.has(row))
  const own = new Set(dealt.filter((_, i) => i % of === index - 1))
  return new Set(all.filter((row) => everywhere.has(row) || own.has(row)))
}
