import { RUN, runLabels } from '../../contract/labels.ts'
import type { Limits } from '../../contract/settings.ts'
import { broken, type Capability, type NodeRef, no, type ProbeRef, yes } from '../../contract/topology.ts'
import { eventually, seconds } from '../../contract/waiting.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import type { KubeApi } from '../kube/api.ts'
import { apiProblem, isCode } from '../kube/trouble.ts'
import { createPod } from '../pods/create.ts'
import { type PodContext, type PodPlan, portsOf } from '../pods/plan.ts'
import { podsRunning } from '../pods/ready.ts'
import { probeRefs } from '../pods/refs.ts'
import type { Asker } from '../streams/probe-client.ts'

/** How long a policy engine may take until its first policy has an effect. A cluster without one costs a run this time at most. */
const ENGINE_MS = 20_000
/** The network plug-ins without an engine of their own. On a busy node that of another took 45 s, so there is more time. */
const WITHOUT_ENGINE = ['unknown', 'flannel', 'aws-node']
const OWN_ENGINE_MS = 60_000

/** The network plug-ins whose engine cannot be switched off: where it has no effect, it is broken. */
const WITH_ENGINE = ['antrea', 'calico', 'canal']

/** What is known of the policy engine of a network plug-in. */
export interface Engine {
  cni: string
  /** How long to wait for the effect of a policy, in milliseconds. */
  ms: number
  /** Whether the plug-in always has an engine. */
  isSure: boolean
}

export const engineOf = (cni: string): Engine => ({
  cni,
  ms: WITHOUT_ENGINE.includes(cni) ? ENGINE_MS : OWN_ENGINE_MS,
  isSure: WITH_ENGINE.includes(cni),
})

/** The deadline of a conversation that a policy may deny. */
const DENIED_MS = 500
/** The rounds, with `limits.refuse` as their deadline, that must confirm a denial: on a busy machine one time-out shows nothing. */
const CONFIRMATIONS = 2
const STREAM_MS = 5_000

const UNKNOWN = 'it could not be found out whether this cluster enforces NetworkPolicies'

/** The label of the pods that find out whether policies have an effect. */
const LABEL = 'flatnet/policing'
const SELECTED = 'selected'

interface Search {
  api: KubeApi
  streams: Asker
  namespace: string
  nodes: readonly NodeRef[]
  context: PodContext
  limits: Limits
  engine: Engine
}

/**
 * Finds out whether this cluster enforces NetworkPolicies: pods of the run's own talk to each other, a policy denies some of them all
 * traffic, and some of their conversations fail then, while two pods without the policy still talk. The policy selects a pod on each
 * sampled node, and its conversations are looked at one by one: an engine that works on one node alone, or in one direction alone, is one.
 * @returns `broken` where the search itself failed, or where an engine that must be there has no effect: only a missing right, and a
 * policy without effect elsewhere, say that there is nothing to test.
 */
export async function findPolicing(search: Search): Promise<Capability> {
  try {
    return await police(search)
  } catch (error) {
    const why = apiProblem(error)?.message ?? (error instanceof Error ? error.message : String(error))
    return (isCode(error, 403) ? no : broken)(`${UNKNOWN}: ${why}`)
  }
}

async function police(search: Search): Promise<Capability> {
  const { api, namespace, context, limits, engine } = search
  const plans = plansOf(search)
  const name = `flatnet-policing-${context.run}`
  await Promise.all(plans.map((plan) => createPod(api, plan, context)))
  try {
    const selector = `${RUN}=${context.run},${LABEL}`
    const names = plans.map((plan) => plan.name)
    const pods = await podsRunning(api, namespace, selector, names, limits)
    const asks = asksOf(
      plans.flatMap((plan) => {
        const pod = pods.find(({ metadata }) => metadata?.name === plan.name)
        return pod ? probeRefs(plan, pod) : []
      }),
    )
    let silent: Dial | undefined
    const answered = await eventually(engine.ms, async () => {
      silent = (await dialAll(search, asks, limits.dial)).find(({ server }) => !server)?.dial
      return silent === undefined || undefined
    })
    if (!answered) return broken(`${UNKNOWN}: without a policy, ${silent?.host}:${silent?.port} does not answer`)
    await api.networking.createNamespacedNetworkPolicy({
      namespace,
      body: {
        metadata: { name, labels: runLabels(context.run) },
        spec: { podSelector: { matchLabels: { [LABEL]: SELECTED } }, policyTypes: ['Ingress', 'Egress'] },
      },
    })
    let last = 'answered' as Look
    const denied = await eventually(engine.ms, async () => {
      last = await look(search, asks)
      return last === 'denied' || undefined
    })
    if (denied) return yes
    if (last === 'silent') return broken(`${UNKNOWN}: under a policy, a pod that it does not select does not answer`)
    const without = `a NetworkPolicy had no effect in ${seconds(engine.ms)}`
    if (engine.isSure) return broken(`${without}, although ${engine.cni} has a policy engine`)
    return no(`nobody enforces policies here: ${without}`)
  } finally {
    await Promise.allSettled([
      api.networking.deleteNamespacedNetworkPolicy({ namespace, name }),
      ...plans.map((plan) => api.core.deleteNamespacedPod({ namespace, name: plan.name })),
    ])
  }
}

/** What the pods said under the policy: `silent` means that the pods without a policy did not talk either. */
type Look = 'denied' | 'answered' | 'silent'

/** `denied` means that one conversation of a pod that the policy selects failed in every round, while the control was answered. */
async function look(search: Search, [control, ...others]: readonly Ask[]): Promise<Look> {
  let suspects = others
  for (let round = 0; round <= CONFIRMATIONS; round++) {
    const asks = control ? [control, ...suspects] : []
    const [first, ...all] = await dialAll(search, asks, round === 0 ? DENIED_MS : search.limits.refuse)
    if (!first?.server) return 'silent'
    suspects = suspects.filter((_, i) => all[i]?.failure !== undefined)
    if (suspects.length === 0) return 'answered'
  }
  return 'denied'
}

/** Two pods that the policy does not select, and one on each sampled node that it selects. */
function plansOf({ namespace, nodes, context }: Search): PodPlan[] {
  const hosts = [...nodes.slice(0, 1), ...nodes.slice(-1), ...nodes]
  return hosts.map(({ name: node }, i) => ({
    name: `flatnet-policing-${context.run}-${i + 1}`,
    namespace,
    node,
    labels: { [LABEL]: i < 2 ? 'control' : SELECTED },
    containers: [{ name: 'app', ports: portsOf(0) }],
  }))
}

/** A conversation from one of these pods to another. The control has all the time of a dial, as its answer is what proves the others. */
interface Ask {
  from: ProbeRef
  to: ProbeRef
  isControl?: true
}

/** The control between the first two pods, and the conversations of each other pod with the first one, in both directions. */
function asksOf([first, second, ...selected]: readonly ProbeRef[]): Ask[] {
  if (!first || !second) throw new Error('the pods without a policy do not run')
  return [
    { from: second, to: first, isControl: true },
    ...selected.flatMap((pod) => [
      { from: first, to: pod },
      { from: pod, to: first },
    ]),
  ]
}

function dialAll({ streams, limits }: Search, asks: readonly Ask[], deadline: number): Promise<Outcome[]> {
  return Promise.all(
    asks.map(async ({ from, to, isControl }): Promise<Outcome> => {
      const ms = isControl ? limits.dial : deadline
      const dial: Dial = { protocol: 'TCP', host: to.ips[0] ?? '', port: to.ports.tcp, deadline: ms }
      const [outcome] = await streams.ask(from, 'dial', { dials: [dial] }, ms + STREAM_MS)
      return outcome ?? { dial, failure: 'timeout' }
    }),
  )
}
