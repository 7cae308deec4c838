import type { PodPlan } from '../cluster/pods/plan.ts'
import type { Made } from '../fixtures/scenario-resources.ts'

/** One pod of a scenario's own on every sampled node. */
export const planned = (
  made: Made,
  noun: string,
  shape: (node: string) => Omit<PodPlan, 'name' | 'namespace' | 'node'>,
): PodPlan[] =>
  made.bench.topology.nodes.map(({ name: node }, i) => ({
    name: `${made.name}-${noun}-${i + 1}`,
    namespace: made.namespace,
    node,
    ...shape(node),
  }))
