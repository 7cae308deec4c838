import type { Row } from '../contract/row.ts'
import type { Shard } from '../contract/shard.ts'

/** Rows with these tags ask nothing of the nodes in the ring. */
const WITHOUT_RING = [
  '@makes-pods',
  '@disrupt',
  '@needs-hostnet',
  '@needs-hostport',
  '@needs-observer',
  '@needs-outside',
]

/**
 * The rows of a shard, as `uri:line`. They are dealt out in the order of the book. Where the shards divide the nodes (`--nodes all`),
 * each of them runs the rows that ask every node, for its part of the nodes.
 */
export function rowsOfShard(
  rows: readonly Row[],
  planned: ReadonlySet<string>,
  { index, of }: Shard,
  dividesNodes: boolean,
) {
  const key = ({ uri, line }: Row) => `${uri}:${line}`
  const asksNodes = ({ tags }: Row) => dividesNodes && !tags.some((tag) => WITHOUT_RING.includes(tag))
  const all = rows.filter((row) => planned.has(key(row)))
  const dealt = all.filter((row) => !asksNodes(row)).filter((_, i) => i % of === index - 1)
  const own = new Set([...all.filter(asksNodes), ...dealt].map(key))
  return new Set(all.map(key).filter((row) => own.has(row)))
}
