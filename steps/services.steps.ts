import { Given, Then, When } from '@cucumber/cucumber'

import type { V1ServicePort } from '@kubernetes/client-node'
import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { VARIED, variedContainer } from '../cluster/site/standing.ts'
import { containerOf } from '../contract/conversation.ts'
import type { StandingPod } from '../contract/topology.ts'
import type { Placement } from '../fixtures/pairs.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { converse } from '../promises/conversations/converse.ts'
import { reached } from '../promises/services/affinity.ts'
import { programmed } from '../promises/services/programming.ts'
import { claimEven, claimEveryBackend } from '../promises/services/spread.ts'
import { triesToCatch, triesToWeigh } from '../promises/services/statistics.ts'
import { examples, grouped, tally } from '../promises/services/tally.ts'
import { claimClientSeen, claimRewritten } from '../promises/services/translation.ts'
import type { Dialable } from './pairs.ts'
import type { Effect } from './parameters.ts'
import {
  backendsOf,
  clientPods,
  clientsOf,
  conversations,
  often,
  only,
  reach,
  serve,
  serverSelector,
} from './service-clients.ts'
import type { Flatnet } from './world.ts'

const { tcp, udp } = portsOf(0)

Given('a client pod, and a Service with a backend on every node', function (this: Flatnet) {
  if (!this.topology.service) throw new Error('this run has no standing Service')
  this.service = this.topology.service
  this.pods = this.topology.pods.filter((pod) => pod.role === 'server')
  this.subjects = clientsOf(this, this.pods)
})

Given('a client pod, and a Service whose ports differ from its target ports', async function (this: Flatnet) {
  const { pods, selector } = backendsOf(this.topology)
  const ports: V1ServicePort[] = [
    { name: 'web', protocol: 'TCP', port: 80, targetPort: tcp },
    { name: 'names', protocol: 'UDP', port: 53, targetPort: udp },
  ]
  this.pods = pods
  this.service = await serve(this, 'ports', { selector, ports })
  this.subjects = reach(this.service, clientPods(this.topology), () => pods, { tcp: 80, udp: 53, http: 0 })
})

Given('a client pod, and a Service whose target port has another number on each node', async function (this: Flatnet) {
  const { nodes } = this.topology
  const { pods, selector } = backendsOf(this.topology)
  const ports: V1ServicePort[] = [
    { name: 'web', protocol: 'TCP', port: 80, targetPort: VARIED.tcp },
    { name: 'names', protocol: 'UDP', port: 53, targetPort: VARIED.udp },
  ]
  this.pods = pods
  this.service = await serve(this, 'named', { selector, ports })
  this.subjects = reach(this.service, clientPods(this.topology), () => pods, { tcp: 80, udp: 53, http: 0 })
  const container = (pod: StandingPod) => variedContainer(nodes.findIndex(({ name }) => name === pod.node) + 1)
  for (const { to } of this.subjects) to.by = pods.map((pod) => ({ uid: pod.uid, container: container(pod) }))
})

Given('a client pod, and a Service with several ports', async function (this: Flatnet) {
  const targets = [
    { name: 'both-tcp', protocol: 'TCP', port: 5300, container: 'app', n: 0 },
    { name: 'both-udp', protocol: 'UDP', port: 5300, container: 'sibling', n: 1 },
    { name: 'other-tcp', protocol: 'TCP', port: 5301, container: 'sidecar', n: 2 },
  ]
  this.pods = this.topology.pods.filter((pod) => pod.role === 'server')
  const ports = targets.map(({ name, protocol, port, n }) => ({ name, protocol, port, targetPort: portsOf(n).tcp }))
  this.service = await serve(this, 'several', { selector: serverSelector(this.topology), ports })
  const closed = { tcp: 0, udp: 0, http: 0 }
  this.subjects = targets.flatMap(({ protocol, port, container }) =>
    reach(this.service, clientPods(this.topology), () => this.pods, { ...closed, [protocol.toLowerCase()]: port }).map(
      (each) => ({ ...each, to: { ...each.to, by: this.pods.map(({ uid }) => ({ uid, container })) } }),
    ),
  )
})

Given('a pod on every node, and a Service with this pod as its only backend', async function (this: Flatnet) {
  this.pods = this.topology.pods.filter((pod) => pod.role === 'server')
  const own = this.pods.map(async (pod, i) => {
    const service = await serve(this, `itself-${i + 1}`, {
      selector: only(this, pod),
      ports: servicePorts({ tcp, udp }),
    })
    return reach(service, [containerOf(pod)], () => [pod])
  })
  this.subjects = (await Promise.all(own)).flat()
})

When(
  "the client opens {protocol} conversations with the Service's virtual IP",
  async function (this: Flatnet, protocol: 'TCP' | 'UDP') {
    await open(this, [protocol])
  },
)

When("the client opens TCP and UDP conversations with the Service's virtual IP", async function (this: Flatnet) {
  await open(this, ['TCP', 'UDP'])
})

/** Waits until everybody who may answer does, then opens so many conversations that all of them do again; controls beside them. */
async function open(world: Flatnet, protocols: ('TCP' | 'UDP')[]): Promise<void> {
  const plan = (subjects: readonly Dialable[]) =>
    protocols.flatMap((protocol) => conversations(world, subjects, protocol).filter(({ dial }) => dial.port !== 0))
  const [once, beside] = [plan(world.subjects), plan(world.twins)]
  await (world.sticky ? reached : programmed)(world.bench, [...once, ...beside])
  await world.converse(often(once), often(beside))
}

When(
  'the client opens {protocols} conversations enough to see {effect}',
  async function (this: Flatnet, protocols: ('TCP' | 'UDP')[], effect: Effect) {
    const plan = (subjects: readonly Dialable[]) =>
      protocols.flatMap((protocol) => conversations(this, subjects, protocol))
    const once = plan(this.subjects)
    await programmed(this.bench, once)
    const clients = new Set(once.map(({ from }) => from.uid)).size
    const leak = Math.ceil(triesToCatch(0.01) / clients)
    const [tallies, controls] = await Promise.all([
      tally(this.bench, once, effect === 'leak' ? leak : triesToWeigh(this.pods.length)),
      converse(this.bench, plan(this.twins)),
    ])
    this.tallies = tallies
    this.witness(examples(tallies), controls)
  },
)

Then('a backend answers every one', function (this: Flatnet) {
  claimAnswered(this.observed.filter(({ to }) => to.by.length > 0))
})

Then('every client meets every backend', function (this: Flatnet) {
  claimEveryBackend(grouped(this.observed), this.topology)
})

Then("the backends' shares differ by no more than chance", function (this: Flatnet) {
  claimEven(this.tallies, this.topology)
})

Then('a Service with backends of its own answers at the same moment', function (this: Flatnet) {
  claimAnswered(this.controls)
})

Then(
  "the backends on {placement} see the client's pod IP as their peer",
  function (this: Flatnet, placement: Placement) {
    claimClientSeen(this.observed, placement, this.topology)
    this.observe('proxy mode', this.topology.proxyMode ?? 'unknown')
  },
)

Then('the virtual IP is rewritten to the target port of the backend, and back', function (this: Flatnet) {
  claimRewritten(this.observed, this.pods, { tcp, udp })
})
