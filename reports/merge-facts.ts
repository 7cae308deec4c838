import { UsageError } from '../contract/errors.ts'
import type { Layout } from '../contract/layout.ts'
import type { RunEnd, RunFacts } from '../contract/media.ts'

/** A run that was one shard of several, and where it was read. */
export interface ShardRun {
  folder: string
  facts: RunFacts
  end: RunEnd
}

type ShardFacts = NonNullable<RunFacts['shard']>

/**
 * The facts of the whole run that these are shards of. If one is missing, they say so.
 * @throws UsageError if they are no shards of one run.
 */
export function mergedFacts(runs: readonly ShardRun[]): RunFacts {
  const shards = runs.map((run) => ({ ...run, shard: shardIn(run) }))
  const [first] = shards
  if (!first) throw new UsageError('--merge takes the folders of the shards.')
  const { of } = first.shard
  for (const other of shards.slice(1)) sameRun(first, other)
  const present = Map.groupBy(shards, ({ shard }) => shard.index)
  for (const [index, [one, two]] of present)
    if (one && two) throw new UsageError(`${one.folder} and ${two.folder} are both shard ${index}/${of}.`)
  const absent = Array.from({ length: of }, (_, i) => i + 1).filter((index) => !present.has(index))
  const read = shards.filter(({ facts }) => facts.layout !== undefined)
  const base = (read[0] ?? first).facts
  const { shard: _, ...facts } = base
  const layout = layoutOf(read.flatMap((each) => each.facts.layout ?? []))
  return {
    ...facts,
    run: shards.map((each) => each.facts.run).join('-'),
    startedAt: shards.map((each) => each.facts.startedAt).toSorted()[0] ?? facts.startedAt,
    cluster: { ...facts.cluster, ...nodesOf(read.map((each) => each.facts.cluster)) },
    ...(layout && { layout }),
    capabilities: Object.fromEntries(
      Object.entries(facts.capabilities).map(([name, has]) => [
        name,
        read.map((each) => each.facts.capabilities[name] ?? has).find((each) => !each.has) ?? has,
      ]),
    ),
    planned: first.shard.rows,
    shards: of,
    ...(absent.length > 0 && {
      missing: `${absent.length === 1 ? 'shard' : 'shards'} ${absent.join(', ')} of ${of} ${absent.length === 1 ? 'is' : 'are'} missing.`,
    }),
  }
}

function shardIn({ folder, facts }: ShardRun): ShardFacts {
  if (facts.shard) return facts.shard
  throw new UsageError(`${folder} is no shard: its run had no --shard I/N.`)
}

/** @throws UsageError with the first thing in which two shards differ. */
function sameRun(a: ShardRun & { shard: ShardFacts }, b: ShardRun & { shard: ShardFacts }): void {
  const differ = (what: string, one: unknown, other: unknown) => {
    if (`${one}` === `${other}`) return
    throw new UsageError(`${a.folder} and ${b.folder} are no shards of one run: ${what} ${one} and ${other}.`)
  }
  differ('the number of shards is', a.shard.of, b.shard.of)
  differ('their versions of flatnet are', a.facts.flatnetVersion, b.facts.flatnetVersion)
  differ('their seeds are', a.facts.seed ?? a.shard.seed, b.facts.seed ?? b.shard.seed)
  for (const name of Object.keys({ ...a.shard.settings, ...b.shard.settings }))
    differ(`the setting ${name} is`, JSON.stringify(a.shard.settings[name]), JSON.stringify(b.shard.settings[name]))
  differ('their rows are', a.shard.rows.length, b.shard.rows.length)
  if (a.shard.cluster && b.shard.cluster) differ('their clusters are', a.shard.cluster, b.shard.cluster)
}

interface Nodes {
  source: string
  tested?: unknown
  leftOut?: unknown
  machines?: unknown
}

/** The nodes that took part in any shard, and those that took part in none. */
function nodesOf(clusters: readonly Nodes[]) {
  const all = <T>(lists: readonly unknown[]) => lists.flatMap((list) => (Array.isArray(list) ? (list as T[]) : []))
  if (clusters.every(({ tested }) => tested === undefined)) return {}
  const tested = [...new Set(all<string>(clusters.map((each) => each.tested)))]
  const byNode = <T extends { node: string }>(list: readonly T[]) => [
    ...new Map(list.map((each) => [each.node, each])).values(),
  ]
  return {
    tested,
    leftOut: byNode(all<{ node: string }>(clusters.map((each) => each.leftOut))).filter(
      ({ node }) => !tested.includes(node),
    ),
    machines: byNode(all<{ node: string }>(clusters.map((each) => each.machines))),
  }
}

/** The layout of the first shard, with the addresses that its pods have in the others. */
function layoutOf(layouts: readonly Layout[]): Layout | undefined {
  const [first] = layouts
  if (!first) return undefined
  const pods = Map.groupBy(
    layouts.flatMap((each) => each.pods),
    ({ node, role }) => `${node} ${role}`,
  )
  return {
    ...first,
    pods: [...pods.values()].flatMap(([pod, ...others]) =>
      pod ? [{ ...pod, ips: [...new Set([pod, ...others].flatMap(({ ips }) => ips))] }] : [],
    ),
  }
}

/** How the whole run ended. The shards ran at the same time. */
export function mergedEnd(runs: readonly ShardRun[]): RunEnd {
  const ends = runs.map(({ end }) => end)
  const troubles = runs.flatMap(({ facts, end }) =>
    end.trouble === undefined ? [] : [`shard ${facts.shard?.index}: ${end.trouble}`],
  )
  const left = ends.flatMap((end) => end.left ?? [])
  const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
  return {
    ...(troubles.length > 0 && { trouble: troubles.join(' ') }),
    seconds: Math.max(...ends.map(({ seconds }) => seconds)),
    apiRequests: sum(ends.map(({ apiRequests }) => apiRequests)),
    reattachments: sum(ends.map(({ reattachments = 0 }) => reattachments)),
    cleanUpSeconds: Math.max(...ends.map(({ cleanUpSeconds = 0 }) => cleanUpSeconds)),
    ...(left.length > 0 && { left }),
  }
}
