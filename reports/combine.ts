import type { Evidence } from '../contract/media.ts'
import type { Result, RowStatus } from './model.ts'

/** What a row is in two shards, the worst first. A row that one of them could not test is not tested. */
const WORST: readonly RowStatus[] = ['failed', 'inconclusive', 'expected', 'skipped', 'passed']

/** One result of a row that ran in two shards, each on its part of the nodes. */
export function combined(a: Result, b: Result): Result {
  const [worse, other] = WORST.indexOf(a.status) <= WORST.indexOf(b.status) ? [a, b] : [b, a]
  const timeline = worse.timeline ?? other.timeline
  const reasons = worse.status === other.status ? [worse.because, other.because] : [worse.because]
  return {
    ...worse,
    because: [...new Set(reasons.filter(Boolean))].join('\n'),
    started: Math.min(a.started, b.started),
    duration: Math.max(a.duration, b.duration),
    tables: [...worse.tables, ...other.tables],
    evidence: both(worse.evidence, other.evidence),
    ...(timeline && { timeline }),
  }
}

function both(a: Evidence, b: Evidence): Evidence {
  const [brokenA, brokenB] = [a, b].map(({ flows, flowsBroken }) => flows.slice(0, flowsBroken))
  const [restA, restB] = [a, b].map(({ flows, flowsBroken }) => flows.slice(flowsBroken))
  const violation = a.violation ?? b.violation
  return {
    ...(violation && { violation }),
    flows: [brokenA, brokenB, restA, restB].flatMap((flows) => flows ?? []),
    flowsBroken: a.flowsBroken + b.flowsBroken,
    flowsTotal: a.flowsTotal + b.flowsTotal,
    quality: {
      datagrams: a.quality.datagrams + b.quality.datagrams,
      answers: a.quality.answers + b.quality.answers,
      retransmitted: a.quality.retransmitted + b.quality.retransmitted,
      aborted: a.quality.aborted + b.quality.aborted,
      connectMs: [...a.quality.connectMs, ...b.quality.connectMs],
    },
    paths: [...a.paths, ...b.paths],
  }
}
