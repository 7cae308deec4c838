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

/** How long to wait for the effect of a policy under this network plug-in, in milliseconds. */
export const engineMsOf = (cni: string): number => (WITHOUT_ENGINE.includes(cni) ? ENGINE_MS : OWN_ENGINE_MS)

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
  /** How long an engine may take, in milliseconds. */
  engineMs: number
}

/**
 * Finds out whether this cluster enforces NetworkPolicies: pods of the run's own reach each other, a policy selects them, and they do
 * not any more, while a pod without the policy still answers. One pod of each sampled node takes part, so an engine that fails on a node
 * does not hide that there is one.
 * @returns `broken` where the search itself failed: only a missing right, and a policy without effect, say that there is nothing to test.
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
  const { api, namespace, context, limits, engineMs } = search
  const plans = plansOf(search)
  const name = `flatnet-policing-${context.run}`
  await Promise.all(plans.map((plan) => createPod(api, plan, context)))
  try {
    const selector = `${RUN}=${context.run},${LABEL}`
    const names = plans.map((plan) => plan.name)
    const pods = await podsRunning(api, namespace, selector, names, limits)
    const probes = plans.flatMap((plan) => {
      const pod = pods.find(({ metadata }) => metadata?.name === plan.name)
      return pod ? probeRefs(plan, pod) : []
    })
    let silent: Dial | undefined
    const answered = await eventually(engineMs, async () => {
      silent = (await dialNext(search, probes, limits.dial)).find(({ server }) => !server)?.dial
      return silent === undefined || undefined
    })
    if (!answered) return broken(`${UNKNOWN}: without a policy, ${silent?.host}:${silent?.port} does not answer`)
    await api.networking.createNamespacedNetworkPolicy({
      namespace,
      body: {
        metadata: { name, labels: runLabels(context.run) },
        spec: { podSelector: { matchLabels: { [LABEL]: SELECTED } }, policyTypes: ['Ingress'] },
      },
    })
    let last = 'answered' as Look
    const denied = await eventually(engineMs, async () => {
      last = await look(search, probes)
      return last === 'denied' || undefined
    })
    if (denied) return yes
    if (last === 'silent') return broken(`${UNKNOWN}: under a policy, a pod that it does not select does not answer`)
    return no(`nobody enforces policies here: a NetworkPolicy had no effect in ${seconds(engineMs)}`)
  } finally {
    await Promise.allSettled([
      api.networking.deleteNamespacedNetworkPolicy({ namespace, name }),
      ...plans.map((plan) => api.core.deleteNamespacedPod({ namespace, name: plan.name })),
    ])
  }
}

/** What the pods said under the policy: `silent` means that the pod without a policy did not answer either. */
type Look = 'denied' | 'answered' | 'silent'

/** `denied` means that a conversation with a pod that the policy selects failed in every round, while the first pod answered. */
async function look(search: Search, probes: readonly ProbeRef[]): Promise<Look> {
  let suspects = probes.map((_, i) => i)
  for (let round = 0; round <= CONFIRMATIONS; round++) {
    const all = await dialNext(search, probes, round === 0 ? DENIED_MS : search.limits.refuse)
    const control = all.at(-1)
    if (!control?.server) return 'silent'
    suspects = suspects.filter((i) => i < probes.length - 1 && all[i]?.failure !== undefined)
    if (suspects.length === 0) return 'answered'
  }
  return 'denied'
}

/** A pod on each sampled node, and two of them if there is one node. */
function plansOf({ namespace, nodes, context }: Search): PodPlan[] {
  const [first] = nodes
  const hosts = nodes.length === 1 && first ? [first, first] : nodes
  return hosts.map(({ name: node }, i) => ({
    name: `flatnet-policing-${context.run}-${i + 1}`,
    namespace,
    node,
    labels: { [LABEL]: i === 0 ? 'control' : SELECTED },
    containers: [{ name: 'app', ports: portsOf(0) }],
  }))
}

/**
 * Lets each pod dial the next one, and the last pod the first one, which no policy selects: this one has all the time of a dial, because its
 * answer is the positive control.
 */
function dialNext({ streams, limits }: Search, probes: readonly ProbeRef[], deadline: number): Promise<Outcome[]> {
  return Promise.all(
    probes.map(async (probe, i): Promise<Outcome> => {
      const ms = i === probes.length - 1 ? limits.dial : deadline
      const to = probes[(i + 1) % probes.length] ?? probe
      const dial: Dial = { protocol: 'TCP', host: to.ips[0] ?? '', port: to.ports.tcp, deadline: ms }
      const [outcome] = await streams.ask(probe, 'dial', { dials: [dial] }, ms + STREAM_MS)
      return outcome ?? { dial, failure: 'timeout' }
    }),
  )
}
