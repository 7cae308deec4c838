import { claimConverged, converge, type Expectation } from '../promises/services/convergence.ts'
import { often } from './service-clients.ts'
import type { Flatnet } from './world.ts'

/** Waits until these expectations are kept, says how long it took, and asks once more with all patience. */
export async function follow(world: Flatnet, expected: readonly Expectation[], controls: readonly Expectation[]) {
  const followed = await converge(world.bench, [...expected, ...controls])
  const byNode = Map.groupBy(followed.kept, ({ planned }) => planned.from.node)
  const slowest = [...byNode].map(([node, all]) => [node, Math.max(...all.map(({ tookMs }) => tookMs ?? -1))] as const)
  world.observe('change followed, ms by node', Object.fromEntries(slowest.map(([node, ms]) => [node, Math.round(ms)])))
  claimConverged(followed)
  const { dial, forget } = world.limits
  // Who is to hear nothing waits for all of it.
  const patience = ({ rule }: Expectation) => (rule === 'none' ? Math.min(dial, forget) : dial)
  const patient = (each: Expectation) => ({
    ...each.planned,
    dial: { ...each.planned.dial, deadline: patience(each) },
  })
  const once = expected.map(patient)
  await world.converse(expected.some(({ rule }) => rule === 'none') ? once : often(once), controls.map(patient))
}
