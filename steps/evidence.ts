import type { NonConformance } from '../contract/errors.ts'
import type { Evidence } from '../contract/media.ts'
import type { Outcome } from '../probe/protocol.ts'
import { qualityOf } from '../promises/conversations/quality.ts'

/** How many outcomes one scenario leaves in the reports. */
const LIMIT = 200

/**
 * What the report keeps of a scenario: the outcomes that break its promise first, then the other ones that failed, then the rest in
 * the order of their opening.
 */
export function evidenceOf(flows: readonly Outcome[], broken?: NonConformance): Evidence {
  const against = broken?.outcomes ?? []
  const failed = flows.filter(({ failure }) => failure !== undefined)
  // A claim may hold outcomes that only it has seen, such as one example of many that were counted.
  const kept = [...new Set([...against, ...failed, ...flows])].slice(0, LIMIT)
  return {
    ...(broken && { violation: broken.violation }),
    flowsBroken: Math.min(new Set(against).size, LIMIT),
    flowsTotal: new Set([...against, ...flows]).size,
    quality: qualityOf(flows),
    flows: kept,
  }
}
