import { z } from 'zod'
import { Expected } from './expected.ts'
import { Layout } from './layout.ts'
import { Path } from './path.ts'
import { Row } from './row.ts'
import { Step } from './step.ts'

/** Media types of the attachments that scenarios and the run add to cucumber's messages, and that reports read. */
export const MEDIA = {
  facts: 'application/vnd.flatnet.run+json',
  end: 'application/vnd.flatnet.end+json',
  evidence: 'application/vnd.flatnet.evidence+json',
  nodes: 'application/vnd.flatnet.nodes+json',
  observation: 'application/vnd.flatnet.observation+json',
  because: 'text/vnd.flatnet.because+plain',
  table: 'text/vnd.flatnet.table+plain',
  drawing: 'text/vnd.flatnet.timeline+plain',
  timeline: 'application/vnd.flatnet.timeline+json',
} as const

/** The sentences about a broken promise. */
export const Violation = z.object({
  expected: z.string(),
  /** What was seen instead. */
  actual: z.string(),
  /** The nodes on which it was seen, and those on which it was not: they show which hop is wrong. */
  where: z.string().optional(),
  /** The Given or the When that found it, where a Then throws it for that step. */
  found: Step.optional(),
})
export type Violation = z.infer<typeof Violation>

/** What was seen and where, as one text. Reports call it `because`. */
export const reasonOf = ({ actual, where, found }: Violation): string =>
  [actual, where ?? [], found ? `Found before the Then, by: ${found.step}` : []].flat().join('\n')

/** The quality of the answered conversations. It is reported and never judged. */
export const Quality = z.object({
  /** The number of datagrams sent in answered UDP conversations, and of their answers. */
  datagrams: z.number(),
  answers: z.number(),
  /** Connections that took so long that a SYN was probably sent again. */
  retransmitted: z.number(),
  /** UDP sockets of clients that their node has ended, because a backend had left a Service. */
  aborted: z.number().default(0),
  /** Milliseconds until each TCP or HTTP connection was established. */
  connectMs: z.array(z.number()),
})
export type Quality = z.infer<typeof Quality>

/** The evidence of a scenario: a part of its conversations. */
export const Evidence = z.object({
  violation: Violation.optional(),
  /** Outcomes, up to a limit: first those of the violation, then other failed ones, then the rest. */
  flows: z.array(z.unknown()),
  /** How many flows belong to the violation; they are the first ones. */
  flowsBroken: z.number(),
  /** The number of all conversations of the scenario. */
  flowsTotal: z.number(),
  quality: Quality,
  /** All conversations of the scenario, counted by their kind: those that a step opened, and those that a wait did. */
  paths: z.array(Path).default([]),
})
export type Evidence = z.infer<typeof Evidence>

/** What a node showed about a conversation that a cause explains. */
export const NodeEvidence = z.object({
  /** The sentence of the cause. */
  cause: z.string(),
  node: z.string(),
  /** The conversation, in words. */
  conversation: z.string(),
  /** Sentences about the rules that dropped or rewrote its packets when it was repeated. */
  rules: z.array(z.string()),
  /** The output of commands, by their purpose. */
  looks: z.record(z.string(), z.string()),
})
export type NodeEvidence = z.infer<typeof NodeEvidence>

/** A finding that no promise depends on. */
export const Observation = z.object({ name: z.string(), value: z.unknown() })
export type Observation = z.infer<typeof Observation>

/** The facts of a run that are known before the first scenario starts. */
export const RunFacts = z.object({
  run: z.string(),
  flatnetVersion: z.string(),
  startedAt: z.string(),
  /** The number by which the run drew, and what it drew for all scenarios. */
  seed: z.number().optional(),
  drawn: z.record(z.string(), z.array(z.number())).optional(),
  /** `withoutNetwork`: nodes that did not take part because their network is not ready. */
  cluster: z.looseObject({ source: z.string(), withoutNetwork: z.array(z.string()).optional() }),
  /** Nodes, pods and hosts outside with their addresses, once they exist. */
  layout: Layout.optional(),
  capabilities: z.record(z.string(), z.object({ has: z.boolean(), because: z.string().optional() })),
  /** Every row of the specification, selected or not. */
  specification: z.array(Row),
  /** The selected rows, as `uri:line`. */
  planned: z.array(z.string()).optional(),
  /** The rows that are expected to fail on this cluster. */
  expected: z.array(Expected).optional(),
  /** If the run is one of several shards: which one, and what all of them must have in common. */
  shard: z
    .object({
      index: z.number(),
      of: z.number(),
      /** The rows of all shards, as `uri:line`. */
      rows: z.array(z.string()),
      seed: z.number().optional(),
      /** The settings on which the result depends. */
      settings: z.record(z.string(), z.unknown()),
      /** What tells this cluster from others, once it was reached. */
      cluster: z.string().optional(),
    })
    .optional(),
  /** If the run was merged from shards: their number, and a sentence about those that are missing. */
  shards: z.number().optional(),
  missing: z.string().optional(),
})
export type RunFacts = z.infer<typeof RunFacts>

/** The facts of a run that are known at its end. `trouble` makes the whole run inconclusive. */
export const RunEnd = z.object({
  trouble: z.string().optional(),
  seconds: z.number(),
  apiRequests: z.number(),
  /** How many times a probe's stream broke and was attached again. */
  reattachments: z.number().optional(),
  cleanUpSeconds: z.number().optional(),
  /** A sentence for each thing that could not be removed. */
  left: z.array(z.string()).optional(),
})
export type RunEnd = z.infer<typeof RunEnd>
