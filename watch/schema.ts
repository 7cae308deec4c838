import { z } from 'zod'
import { WATCH_KINDS } from '../probe/watch/types.ts'

export { WATCH_KINDS }

const count = z.number().int().min(0)
const ms = z.number().min(0)
const at = z.number().describe('milliseconds since the begin of the watch')
const kind = z.enum(WATCH_KINDS)
const spans = z.array(z.strictObject({ from: at, to: at }))

const counts = z
  .strictObject({
    died: count.optional().describe('established TCP connections that ended although both ends were there'),
    refused: count.optional(),
    timeout: count.optional(),
    unreachable: count.optional(),
    reset: count.optional(),
    closed: count.optional(),
    foreign: count.optional().describe('another server answered'),
    dns: count.optional().describe('cluster DNS answered with an error'),
    translated: count.optional().describe('the server saw an address that is not the client’s'),
  })
  .describe('what became of the conversations of a path that went wrong')

const outcomes = z
  .strictObject({
    establishedDied: count.optional(),
    keptUnanswered: count.optional().describe('over a connection or from a socket that stays open'),
    newRefused: count.optional(),
    newTimedOut: count.optional(),
    newFailed: count.optional(),
    dnsUnanswered: count.optional(),
    translated: count.optional(),
  })
  .describe('what became of the conversations that went wrong')

const byKind = z.strictObject({ kind, longestMs: ms, sumMs: ms, dark: spans })

const told = {
  from: z.string().min(1),
  to: z.string().min(1),
  losses: count.describe('single conversations without an answer between answered ones'),
  detail: z.string().optional().describe('what was seen, of one of them'),
}

/** The report of a watch. */
export const WatchReport = z.strictObject({
  apiVersion: z.literal('flatnet/v1'),
  kind: z.literal('WatchReport'),
  flatnetVersion: z.string().min(1),
  run: z.string().min(1),
  result: z.enum(['kept', 'broken', 'inconclusive', 'interrupted']),
  because: z.array(z.string()).describe('sentences with the reasons of the result'),
  startedAt: z.iso.datetime(),
  seconds: z.number().min(0),
  cluster: z.strictObject({ source: z.string().min(1), service: z.string(), dns: z.string().optional() }),
  everyMs: count.describe('the interval of the conversations: a shorter darkness may not be seen'),
  budgetMs: ms.optional().describe('the longest darkness of a path that is allowed'),
  clockErrorMs: ms.describe('how far the times of two probes may differ at most'),
  longestMs: ms.describe('the longest darkness of any path'),
  conversations: z.strictObject({ asked: count, answered: count, slowestMs: ms }),
  command: z
    .strictObject({
      words: z.array(z.string()).min(1),
      from: at,
      to: at,
      exitCode: z.number().int().nullable().describe('null: a signal ended it'),
      signal: z.string().optional(),
    })
    .optional(),
  nodes: z.array(
    z.strictObject({
      node: z.string().min(1),
      observedMs: ms,
      absentMs: ms.describe('without a probe that is known to have served'),
      noCpuMs: ms.describe('conversations failed while the probe had no CPU, so this proves nothing'),
      absent: spans,
      noCpu: spans,
      starts: count.describe('the number of processes of its probe'),
    }),
  ),
  directions: z
    .array(z.strictObject({ ...told, counts: outcomes, longestMs: ms, sumMs: ms, kinds: z.array(byKind) }))
    .describe('those on which something went wrong, the worst first'),
  quietDirections: count.describe('directions on which nothing went wrong'),
  paths: z
    .array(z.strictObject({ ...told, counts, kind, asked: count, answered: count, slowestMs: ms, dark: spans }))
    .describe('the single paths on which something went wrong'),
  happenings: z.array(z.strictObject({ at, says: z.string().min(1), node: z.string().optional() })),
  left: z.array(z.string()).optional().describe('what could not be removed'),
})
export type WatchReport = z.infer<typeof WatchReport>

/** The JSON Schema of the report. */
export const watchSchema = () => z.toJSONSchema(WatchReport)
