import type { Planned } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { StandingPod } from '../../contract/topology.ts'
import type { Dialable } from '../../fixtures/dialable.ts'
import type { Ground } from '../../fixtures/ground.ts'
import { clientsOf, clientsWithPods, conversations } from '../../fixtures/service-clients.ts'
import { brief, type Convergence, converge, type Expectation } from './convergence.ts'
import { type Batch, repeated } from './open.ts'

type Ask = Pick<Ground, 'bench' | 'limits' | 'topology'>

/** The expectations of these clients by TCP and by UDP. */
export const expect = (
  { limits }: Pick<Ask, 'limits'>,
  subjects: readonly Dialable[],
  rule: Expectation['rule'],
): Expectation[] => conversations(limits, subjects).map((each) => ({ planned: brief(each), rule }))

/** Every client meets each of these backends of the Service and no other server. */
export const expectEach = (ask: Ask, service: Parameters<typeof clientsOf>[1], backends: readonly StandingPod[]) =>
  expect(ask, clientsOf(ask.topology, service, backends), 'each')

/** A control: every client reaches each of these pods at its first address by TCP. */
export const expectDirect = (ask: Ask, pods: readonly StandingPod[]): Expectation[] =>
  toPods(ask, pods).map((planned) => ({ planned, rule: 'each', control: true }))

/** Plans a TCP conversation of every client with each of these pods at its first address. */
export const toPods = ({ limits, topology }: Omit<Ask, 'bench'>, pods: readonly StandingPod[]): Planned[] =>
  pods.flatMap((pod) => {
    const firstIp = pod.containers[0]?.ips[0]
    return clientsWithPods(topology, [pod])
      .filter(({ ip }) => ip === firstIp)
      .map(({ client, to, ip, ports }) => ({
        from: client,
        to,
        dial: { protocol: 'TCP' as const, host: ip, port: ports.tcp, deadline: limits.dial },
      }))
  })

/** How the nodes followed a change, and the conversations with full deadlines that come next if they did. */
export interface Followed {
  convergence: Convergence
  batch?: Batch
  /** The milliseconds from the change until the slowest client of each node saw it; -1 if it did not. */
  msByNode: Record<string, number>
}

/** Waits until these expectations are kept on every node. */
export async function follow(
  ask: Ask,
  expected: readonly Expectation[],
  controls: readonly Expectation[],
): Promise<Followed> {
  const convergence = await converge(ask.bench, [...expected, ...controls])
  const byNode = Map.groupBy(convergence.kept, ({ planned }) => planned.from.node)
  const slowest = [...byNode].map(([node, all]) => [node, lastOf(all)] as const)
  const msByNode = Object.fromEntries(slowest.map(([node, ms]) => [node, Math.round(ms)]))
  const gone = expected.some(({ rule }) => rule === 'none')
  // Who still answers for a deleted Service is asked again, so that the claim names it.
  if (convergence.error && !(gone && convergence.error instanceof NonConformance)) return { convergence, msByNode }
  const { dial, forget } = ask.limits
  // A client that must get no answer waits until its deadline, so the deadline is short.
  const patient = ({ planned, rule }: Expectation): Planned => ({
    ...planned,
    dial: { ...planned.dial, deadline: rule === 'none' ? Math.min(dial, forget) : dial },
  })
  const once = expected.map(patient)
  const planned = gone ? once : repeated(once)
  return { convergence, msByNode, batch: { planned, controls: controls.map(patient) } }
}

/** When the last of these expectations was kept; -1 if one never was. */
const lastOf = (all: Convergence['kept']): number =>
  all.some(({ tookMs }) => tookMs === undefined) ? -1 : Math.max(...all.map(({ tookMs = 0 }) => tookMs))
