import type { V1Pod } from '@kubernetes/client-node'
import { podIPs } from '../../cluster/pods/refs.ts'
import { type Planned, targetOf } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { StandingPod } from '../../contract/topology.ts'
import type { Ground } from '../../fixtures/ground.ts'
import { clientProbes } from '../../fixtures/service-clients.ts'

/** The pods have the addresses that they had before. */
export function claimSameAddress(before: readonly StandingPod[], after: readonly V1Pod[]): void {
  if (before.length === 0) throw new Error('no pod was checked')
  for (const pod of before) {
    const now = after.find((each) => each.metadata?.name === pod.name)
    const had = pod.containers[0]?.ips ?? []
    const has = now ? podIPs(now) : []
    if (had.length > 0 && had.join() === has.join() && now?.metadata?.uid === pod.uid) continue
    throw new NonConformance({
      expected: 'the pod keeps its address when a container restarts',
      actual: `pod ${pod.name} on ${pod.node} had ${had.join(', ')} and has ${has.join(', ') || 'none'} after a container restarted`,
    })
  }
}

/** Plans TCP conversations of each node's client pod with every container of these pods on the same node. */
export const toOwnNode = (
  { limits, topology }: Pick<Ground, 'limits' | 'topology'>,
  pods: readonly StandingPod[],
): Planned[] =>
  pods.flatMap(({ containers }) =>
    containers.flatMap((to) =>
      clientProbes(topology)
        .filter(({ node }) => node === to.node)
        .map((from) => ({
          from,
          to: targetOf(to),
          dial: { protocol: 'TCP' as const, host: to.ips[0] ?? '', port: to.ports.tcp, deadline: limits.dial },
        })),
    ),
  )
