import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { containerOf, targetOf } from '../contract/conversation.ts'
import type { StandingPod } from '../contract/topology.ts'
import { nameOf } from '../promises/names/lookup.ts'
import { resolversOf } from '../promises/names/resolver.ts'
import type { Spoken } from '../promises/replacement/load.ts'
import type { Conversation } from '../promises/replacement/replace.ts'
import type { Way } from '../promises/replacement/timeline.ts'
import { claimConverged, converge, type Expectation } from '../promises/services/convergence.ts'
import { published } from '../promises/services/programming.ts'
import { planned } from './one-pod-per-node.ts'
import { clientPods, conversations, dials, reach, serve } from './service-clients.ts'
import type { Flatnet } from './world.ts'

const { tcp, udp, http } = portsOf(0)

/** A connection over which nothing has come for so long is given up, and opened again. */
const PATIENT_MS = 2_000
/** Longer than any scenario: a pod that drains ends when the scenario says so. */
const DRAIN_SECONDS = 120

/** Whom clients talk to, and what of them lasts longer than one conversation. */
export interface Talk {
  to: 'its virtual IP' | 'its name'
  lasting: 'one TCP connection' | 'one UDP port'
}

/** One pod of the scenario's own, or two, on two nodes where there are two; those that drain say when they are ready, too. */
export function backendPlans(world: Flatnet, count: 1 | 2, kind: 'plain' | 'draining') {
  const made = world.own()
  const draining = kind === 'draining'
  const plans = planned(made, 'old', () => ({
    labels: { 'flatnet/backend': made.name },
    containers: [
      {
        name: 'app',
        ports: { tcp, udp, http: draining ? http : 0 },
        ...(draining && { readiness: 'switch' as const, linger: DRAIN_SECONDS }),
      },
    ],
    ...(draining && { grace: DRAIN_SECONDS }),
  })).slice(0, count)
  const [first] = plans
  if (plans.length < count && first) plans.push({ ...first, name: `${first.name}-b` })
  return plans
}

/** The next generation of the same backends. */
export const freshPlans = ({ plans }: Flatnet) =>
  plans.map((plan) => ({ ...plan, name: plan.name.replace('-old-', '-new-') }))

/** Makes the backends and the Service, and waits until every client meets each of them. */
export async function serveByOwn(world: Flatnet): Promise<void> {
  const made = world.own()
  world.service = await serve(world, 'vip', {
    selector: { 'flatnet/backend': made.name },
    ports: servicePorts(portsOf(0)),
  })
  world.pods = await made.raise(world.plans)
  await published(world.bench, world.service.name, world.pods)
  claimConverged(await converge(world.bench, expectEach(world, world.pods)))
}

/** Every client meets each of these backends and nobody else, by TCP and by UDP. */
export const expectEach = (world: Flatnet, backends: readonly StandingPod[], service = world.service): Expectation[] =>
  (['TCP', 'UDP'] as const).flatMap((protocol) =>
    conversations(
      world,
      reach(service, clientPods(world.topology), () => backends),
      protocol,
    ).map((each) => ({
      planned: brief(each),
      rule: 'each' as const,
    })),
  )

/** Every client reaches each of these pods at its own address: a control. */
export const expectDirect = (world: Flatnet, backends: readonly StandingPod[]): Expectation[] =>
  direct(world, backends).map((each) => ({ planned: each, rule: 'each' as const, control: true as const }))

const direct = (world: Flatnet, backends: readonly StandingPod[]) =>
  backends.flatMap((pod) => {
    const to = containerOf(pod)
    const dial = { protocol: 'TCP' as const, host: to.ips[0] ?? '', port: tcp, deadline: world.limits.dial }
    return clientPods(world.topology).map((from) => ({ from, to: targetOf(to), dial }))
  })

/** UDP sends again only while nothing has answered: many conversations are opened. */
const brief = <P extends { dial: { protocol: string } }>(each: P): P =>
  each.dial.protocol === 'UDP' ? { ...each, dial: { ...each.dial, manner: 'brief' } } : each

/** What is said to this scenario's Service while its backends change. */
export async function conversation(world: Flatnet, { to, lasting }: Talk): Promise<Conversation> {
  const host = to === 'its name' ? await fullName(world) : world.service.ip
  const said = (backends: readonly StandingPod[]) =>
    (['TCP', 'UDP'] as const).flatMap((protocol) =>
      dials(world, protocol, backends).map((each) => ({ ...brief(each), dial: { ...brief(each).dial, host } })),
    )
  const keep = `${world.name} ${lasting}`
  const kept = (backends: readonly StandingPod[]) =>
    dials(world, lasting === 'one UDP port' ? 'UDP' : 'TCP', backends).map((each) => ({
      ...each,
      dial: { ...each.dial, keep, deadline: PATIENT_MS },
    }))
  return {
    service: world.service,
    say: (stay, tick) => {
      const one = stay.slice(tick % Math.max(1, stay.length)).slice(0, 1)
      const by = (way: Way) => (each: Omit<Spoken, 'way'>) => ({ ...each, way })
      return [
        ...said([]).map((each) => ({ ...each, way: each.dial.protocol as Way })),
        ...kept([]).map(by(lasting)),
        ...direct(world, one).map(by('direct')),
      ]
    },
    expect: (backends, lasts) => [
      ...said(backends).map((each) => ({ planned: each, rule: 'each' as const })),
      ...(lasts ? kept(backends).map((each) => ({ planned: each, rule: 'some' as const })) : []),
    ],
  }
}

/** The Service's full name, ending in a dot: no search list is gone through for each conversation. */
export async function fullName(world: Flatnet): Promise<string> {
  const [resolver] = await resolversOf(world.bench, clientPods(world.topology))
  if (!resolver) throw new Error('this run has no client')
  return nameOf('full name with a final dot', world.service.name, world.topology.namespaces.main, resolver.zone)
}
