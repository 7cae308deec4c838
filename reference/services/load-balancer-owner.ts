import type { Service, Slice } from './service-objects.ts'

/** Whether the cluster's load balancer gives a Service its addresses. A Service with a class leaves it to another one. */
export const isBalanced = ({ metadata, spec }: Service): boolean =>
  spec.type === 'LoadBalancer' && !spec.loadBalancerClass && !metadata.deletionTimestamp

/**
 * The node that answers for the addresses of a Service. With externalTrafficPolicy Local it is a node with a ready
 * endpoint or else, while endpoints terminate, one with an endpoint that serves. The current owner stays if it can;
 * `spread` chooses among the other nodes.
 */
export function ownerOf(
  { spec }: Service,
  slices: readonly Slice[],
  { nodes, current, spread }: { nodes: readonly string[]; current: string | undefined; spread: number },
): string | undefined {
  const endpoints = slices.flatMap((slice) => slice.endpoints ?? [])
  const having = (condition: 'ready' | 'serving') =>
    nodes.filter((name) =>
      endpoints.some(({ nodeName, conditions = {} }) => nodeName === name && conditions[condition] !== false),
    )
  const local = spec.externalTrafficPolicy === 'Local' ? [having('ready'), having('serving')] : []
  const candidates = local.find(({ length }) => length > 0) ?? nodes
  return current && candidates.includes(current) ? current : candidates[spread % candidates.length]
}
