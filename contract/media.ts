import { z } from 'zod'
import { Row } from './row.ts'

/** Media types of what scenarios and the run attach to cucumber's messages, and reports read there. */
export const MEDIA = {
  facts: 'application/vnd.flatnet.run+json',
  end: 'application/vnd.flatnet.end+json',
  evidence: 'application/vnd.flatnet.evidence+json',
  observation: 'application/vnd.flatnet.observation+json',
  because: 'text/vnd.flatnet.because+plain',
  table: 'text/vnd.flatnet.table+plain',
  drawing: 'text/vnd.flatnet.timeline+plain',
  timeline: 'application/vnd.flatnet.timeline+json',
} as const

/** A broken promise in sentences. */
export const Violation = z.object({
  expected: z.string(),
  /** What was seen in its place. */
  actual: z.string(),
  /** Whose hop it is: the nodes where this was seen, and where it was not. */
  where: z.string().optional(),
})
export type Violation = z.infer<typeof Violation>

/** What was seen and where, as one text: the `because` of reports. */
export const reasonOf = ({ actual, where }: Violation): string => (where === undefined ? actual : `${actual}\n${where}`)

/** How well the answered conversations went; observed, never asserted. */
export const Quality = z.object({
  /** Datagrams sent in answered UDP conversations, and answers that came. */
  datagrams: z.number(),
  answers: z.number(),
  /** Connections that took so long that a SYN was probably sent again. */
  retransmitted: z.number(),
  /** Milliseconds until each TCP or HTTP connection was established. */
  connectMs: z.array(z.number()),
})
export type Quality = z.infer<typeof Quality>

/** What the report keeps of a scenario's conversations. */
export const Evidence = z.object({
  violation: Violation.optional(),
  /** Outcomes: first those that the violation is about, then those that failed, then the others, up to a limit. */
  flows: z.array(z.unknown()),
  /** How many of the first flows the violation is about. */
  flowsBroken: z.number(),
  /** All conversations of the scenario, of which `flows` may be a part. */
  flowsTotal: z.number(),
  quality: Quality,
})
export type Evidence = z.infer<typeof Evidence>

/** A finding that no promise depends on. */
export const Observation = z.object({ name: z.string(), value: z.unknown() })
export type Observation = z.infer<typeof Observation>

/** What is known before the first scenario starts. */
export const RunFacts = z.object({
  run: z.string(),
  flatnetVersion: z.string(),
  startedAt: z.string(),
  cluster: z.looseObject({ source: z.string() }),
  capabilities: z.record(z.string(), z.object({ has: z.boolean(), because: z.string().optional() })),
  /** Every row of the specification, selected or not. */
  specification: z.array(Row),
  /** Which of them were selected, as `uri:line`. */
  planned: z.array(z.string()).optional(),
})
export type RunFacts = z.infer<typeof RunFacts>

/** What is known when the run is over; `trouble` makes the whole run inconclusive. */
export const RunEnd = z.object({
  trouble: z.string().optional(),
  seconds: z.number(),
  apiRequests: z.number(),
  /** How often a probe's stream broke and was attached again. */
  reattachments: z.number().optional(),
  cleanUpSeconds: z.number().optional(),
  /** What could not be removed, a sentence each. */
  left: z.array(z.string()).optional(),
})
export type RunEnd = z.infer<typeof RunEnd>
