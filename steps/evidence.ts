import type { NonConformance } from '../contract/errors.ts'
import type { Evidence } from '../contract/media.ts'
import type { Outcome } from '../probe/protocol.ts'
import { qualityOf } from '../promises/conversations/quality.ts'

/** The largest number of outcomes that one scenario leaves in the reports. */
const LIMIT = 200

/**
 * The evidence of a scenario for the report: first the outcomes that break its promise, then the other failed ones,
 * then the rest in the order of their opening.
 */
export function evidenceOf(
  flows: readonly Outcome[],
  broken?: NonConformance,
  paths: Evidence['paths'] = [],
): Evidence {
  const against = broken?.outcomes ?? []
  const failed = flows.filter(({ failure }) => failure !== undefined)
  // A claim may have outcomes that are not in `flows`, such as one example of many that were counted.
  const kept = [...new Set([...against, ...failed, ...flows])].slice(0, LIMIT)
  return {
    ...(broken && { violation: broken.violation }),
    flowsBroken: Math.min(new Set(against).size, LIMIT),
    flowsTotal: new Set([...against, ...flows]).size,
    quality: qualityOf(flows),
    flows: kept,
    paths,
  }
}
