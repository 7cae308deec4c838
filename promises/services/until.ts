import type { Workbench } from '../../cluster/workbench.ts'
import type { Planned } from '../../contract/conversation.ts'
import type { Rule } from '../../fixtures/ground.ts'
import { brief, claimConverged, converge } from './convergence.ts'
import { untilFollowed } from './programming.ts'

/**
 * Waits until the clients of a Service see what the rule says (fixtures/ground.ts).
 * @throws like `untilFollowed` and `claimConverged`.
 */
export async function untilRule(bench: Workbench, planned: readonly Planned[], rule: Rule): Promise<void> {
  if (rule !== 'alone') return untilFollowed(bench, planned, rule)
  claimConverged(
    await converge(
      bench,
      planned.map((each) => ({ planned: brief(each), rule: 'each' as const })),
    ),
  )
}
