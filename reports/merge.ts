import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Envelope } from '@cucumber/messages'
import { MEDIA, type RunEnd, type RunFacts } from '../contract/media.ts'
import { mergedEnd, mergedFacts, type ShardRun } from './merge-facts.ts'
import { linesOf, readRun } from './read.ts'

/** The facts about a whole run, in place of which the merged ones stand. */
const OF_RUN: readonly string[] = [MEDIA.facts, MEDIA.end]

/**
 * Writes the messages of a whole run from those of its shards. A folder of messages is all that reports are made from.
 * @param prepare makes the folder; it is called once the shards are known to be good.
 * @throws UsageError if the folders are no shards of one run.
 */
export async function mergeRuns(folders: readonly string[], output: string, prepare: () => void): Promise<void> {
  const runs = await Promise.all(folders.map(shardOf))
  const facts = mergedFacts(runs)
  prepare()
  const file = createWriteStream(join(output, 'messages.ndjson'))
  const put = async (line: string) => {
    if (!file.write(`${line}\n`)) await once(file, 'drain')
  }
  await put(attachment(MEDIA.facts, facts))
  for (const [i, { folder }] of runs.entries())
    for await (const line of linesOf(folder)) if (belongs(JSON.parse(line), i)) await put(line)
  await put(
    attachment(
      MEDIA.nodes,
      runs.flatMap(({ nodes }) => nodes),
    ),
  )
  await put(attachment(MEDIA.end, mergedEnd(runs)))
  file.end()
  await once(file, 'finish')
}

async function shardOf(folder: string): Promise<ShardRun & { nodes: readonly object[] }> {
  const { facts, end, nodes } = await readRun(folder)
  return { folder, facts: facts as RunFacts, end: end as RunEnd, nodes }
}

/** Whether a message of the i-th shard stands in the merged ones. */
function belongs({ attachment, meta, testRunStarted, testRunFinished }: Envelope, i: number): boolean {
  if (meta || testRunStarted || testRunFinished) return i === 0
  return attachment === undefined || ![...OF_RUN, MEDIA.nodes].includes(attachment.mediaType)
}

const attachment = (mediaType: string, body: object): string =>
  JSON.stringify({ attachment: { mediaType, contentEncoding: 'IDENTITY', body: JSON.stringify(body) } })
