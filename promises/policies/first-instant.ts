import type { PodPlan } from '../../cluster/pods/plan.ts'
import { initReports } from '../../cluster/pods/rewritten.ts'
import { containerOf, type Observed, targetOf } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { StandingPod } from '../../contract/topology.ts'
import { firstContainer } from '../../fixtures/dialable.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { into, opened, outOf } from '../../fixtures/policed.ts'
import { BOTH_PROTOCOLS as BOTH, standing } from '../../fixtures/service-clients.ts'
import type { Facts } from '../../probe/protocol.ts'
import { type Enforced, enforce } from './enforce.ts'
import { egress, ingress } from './words.ts'

/** What became of pods that start under policies, with what their init containers saw. */
export interface Late extends Enforced {
  first: Observed[]
}

/**
 * Isolates pods that dialled before, waits until the policies hold for them, and starts pods of the same labels. Their init containers
 * dial from their first instant on, and the others dial them as soon as they serve.
 */
export async function startIsolated(ground: Ground, { pods, plans }: Scene): Promise<Late | undefined> {
  const conversations = (all: readonly StandingPod[]) => [
    ...opened(ground, into(ground, all, ['client', 'probed']), BOTH, 'denied'),
    ...opened(ground, outOf(ground, all, ['server', 'probed']), BOTH, 'denied'),
  ]
  const free = opened(ground, into(ground, standing(ground.topology, 'server'), ['client']), BOTH, 'allowed')
  const before = await firstDials(ground, pods, plans)
  const mute = before.find(({ outcome }) => outcome.failure)
  if (mute) {
    await ground.defer(async () => {
      throw new NonConformance({
        expected: 'without a policy, the init container reaches the server',
        actual: `the init container of ${mute.from.pod} on ${mute.from.node} got no answer of ${mute.to.label}`,
        outcomes: [mute.outcome],
      })
    })
    return undefined
  }
  const enforced = await enforce(ground, {
    specs: [ingress(ground), egress(ground)],
    denied: conversations(pods),
    allowed: free,
  })
  if (!enforced || ground.hasVerdict) return enforced && { ...enforced, first: [] }
  const late = await ground.own().createRunning(plans)
  return { ...enforced, planned: conversations(late), controls: free, first: await firstDials(ground, late, plans) }
}

/** What the init containers of these pods saw, as conversations. They have ended, and left a termination message. */
async function firstDials(
  { bench, topology }: Ground,
  pods: readonly StandingPod[],
  plans: readonly PodPlan[],
): Promise<Observed[]> {
  const api = await bench.api()
  return Promise.all(
    pods.map(async (pod) => {
      const first = plans.find(({ node }) => node === pod.node)?.first
      const server = standing(topology, 'server').find(({ containers }) => containers[0]?.ips.includes(first?.ip ?? ''))
      if (!first || !server) throw new Error(`the init container of ${pod.name} dials no server`)
      const [report] = initReports(await api.core.readNamespacedPod({ namespace: pod.namespace, name: pod.name }))
      if (!report) throw new Error(`the init container of ${pod.name} left no report`)
      const { firstAnswerMs } = JSON.parse(report.message) as Facts
      const to = containerOf(server)
      const peer = firstContainer(pod)
      const dial = { protocol: 'TCP' as const, host: first.ip, port: first.port, deadline: first.ms }
      const identity = { uid: to.uid, pod: to.pod, container: to.container, node: to.node }
      return {
        from: peer,
        to: targetOf(to),
        outcome: {
          dial,
          ...(firstAnswerMs === undefined
            ? { failure: 'timeout' as const }
            : {
                connectMs: firstAnswerMs,
                server: {
                  identity,
                  local: { ip: first.ip, port: first.port },
                  peer: { ip: peer.ips[0] ?? '', port: 0 },
                },
              }),
        },
      }
    }),
  )
}
