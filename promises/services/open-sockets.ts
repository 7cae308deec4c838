import type { Workbench } from '../../cluster/workbench.ts'
import type { Observed, Planned } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import { eventually } from '../../contract/waiting.ts'
import { type Ground, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { backendsOf, conversations, NO_BACKEND, podSelector } from '../../fixtures/service-clients.ts'
import { claimAnswered } from '../conversations/claims.ts'
import { converse } from '../conversations/converse.ts'
import { converseForVerdict } from '../conversations/second-look.ts'
import { change } from './affinity.ts'
import type { Change, Changed } from './changes.ts'
import { expect, follow } from './follow.ts'

/** The deadline of a datagram that must stay unanswered. The socket sends it again every quarter of a second. */
const QUIET_MS = 1_000

/** Every client asks from two UDP sockets that stay open: one that is connected to the virtual IP, and one that is not. */
function sockets(ground: Ground, { subjects }: Scene): Planned[] {
  const manners = [{}, { manner: 'connected' as const }]
  return manners.flatMap((manner) =>
    conversations(ground.limits, subjects, ['UDP'], {
      ...manner,
      deadline: QUIET_MS,
      keep: `${ground.own().name} ${manner.manner ?? 'unconnected'}`,
    }),
  )
}

/** What the backends of a scenario leave, and whether kube-proxy of some versions keeps such flows. */
interface Leaving {
  keptBySome?: true
  leave: (ground: Ground, scene: Scene) => Promise<void>
}

/**
 * Lets every client open its sockets, makes the backends of the scene leave their Service, and waits until none of them answers
 * these sockets. The backends stay alive, so a packet that is still sent to them is answered.
 */
const leaving =
  ({ leave, keptBySome }: Leaving): Change =>
  async (ground: Ground, scene: Scene): Promise<Changed> => {
    const { bench, limits, topology } = ground
    const open = sockets(ground, scene)
    const patient = open.map((each) => ({ ...each, dial: { ...each.dial, deadline: limits.dial } }))
    await ground.defer(async () => claimAnswered(await converseForVerdict(bench, patient)))
    await leave(ground, scene)
    const { udpflows, udpsockets } = topology.capabilities
    const lacks = [keptBySome && udpflows, udpsockets].find((each) => each && !each.has)
    const excuse = lacks && !lacks.has ? `${lacks.because}: former backends still answer open sockets` : undefined
    if (excuse) {
      const kept = await untilQuiet(bench, open, limits.rules)
      if (kept) return { ...NOTHING, ...kept, skip: excuse }
    }
    const quiet = open.map((planned) => ({ planned, rule: 'none' as const }))
    const followed = await follow(ground, quiet, expect(ground, scene.controls, 'each'))
    // A busy client may have missed the answers of a former backend until now.
    if (excuse && followed.convergence.error instanceof NonConformance) return { ...NOTHING, ...followed, skip: excuse }
    return { meant: 'nothing', ...followed, ...(excuse && { excuse }) }
  }

const NOTHING = { meant: 'nothing', convergence: { kept: [], tookMs: 0 } }

/** Waits this long until no backend answers the open sockets. If some are still answered, gives their nodes with -1. */
async function untilQuiet(bench: Workbench, open: readonly Planned[], limit: number) {
  let answered: Observed[] = []
  const quiet = await eventually(limit, async () => {
    answered = (await converse(bench, open)).filter(({ outcome }) => outcome.server !== undefined)
    return answered.length === 0 || undefined
  })
  return quiet ? undefined : { msByNode: Object.fromEntries(answered.map(({ from }) => [from.node, -1])) }
}

/** The ways in which backends leave a Service under the open sockets of its clients, in the words of a When. */
export const UNDER_OPEN_SOCKETS: Readonly<Record<string, Change>> = {
  'one of the Services is deleted under open UDP sockets': leaving({
    keptBySome: true,
    leave: async (ground, scene) => {
      const api = await ground.bench.api()
      await api.core.deleteNamespacedService({ namespace: ground.own().namespace, name: serviceOf(scene).name })
    },
  }),
  'one of the Services loses its endpoints under open UDP sockets': leaving({
    keptBySome: true,
    leave: async (ground, scene) => {
      await change(ground.bench, serviceOf(scene), { selector: NO_BACKEND })
      await ground.untilEndpoints(serviceOf(scene).name, [])
    },
  }),
  'the Service with affinity gets another backend under open UDP sockets': leaving({
    leave: async (ground, scene) => {
      const second = backendsOf(ground.topology).pods.slice(1, 2)
      const [pod] = second
      if (!pod) throw new Error('this run has one backend')
      await change(ground.bench, serviceOf(scene), { selector: podSelector(ground.topology, pod) })
      await ground.untilEndpoints(serviceOf(scene).name, second)
    },
  }),
}
