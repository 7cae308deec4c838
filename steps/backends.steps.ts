import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { closed } from '../cluster/pods/probed.ts'
import { containerOf, targetOf } from '../contract/conversation.ts'
import type { ProbeRef, StandingPod } from '../contract/topology.ts'
import { claimAnswered, claimFailed } from '../promises/conversations/claims.ts'
import { programmed, published, settled } from '../promises/services/programming.ts'
import { becameReady, claimRefused, refused } from '../promises/services/refusal.ts'
import { planned } from './one-pod-per-node.ts'
import { first } from './pairs.ts'
import { clientPods, clientsOf, conversations, dials, only, reach, serve, serverSelector } from './service-clients.ts'
import type { Flatnet } from './world.ts'

const ports = servicePorts(portsOf(0))

/** The standing server pods, one on every node. */
const servers = (world: Flatnet): StandingPod[] => world.topology.pods.filter(({ role }) => role === 'server')

/** The standing Service, as a positive control. */
function standing(world: Flatnet, clients: readonly ProbeRef[]) {
  const { service } = world.topology
  if (!service) throw new Error('this run has no standing Service')
  return reach(service, clients, () => servers(world))
}

Given('a client pod, and a Service with a ready backend and one that is ready no more', async function (this: Flatnet) {
  const made = this.own()
  const labels = { 'flatnet/backend': made.name }
  const shape = () => ({ labels, containers: [{ name: 'app', ports: portsOf(0), readiness: 'switch' as const }] })
  const plans = planned(made, 'twin', shape)
  const [one = { ...shape(), name: `${made.name}-twin-1`, namespace: made.namespace }, second] = plans
  this.service = await serve(this, 'twins', { selector: labels, ports })
  const both = await made.raise([one, second ?? { ...one, name: `${one.name}-b` }])
  const [twin, leaving] = both
  if (!twin || !leaving) throw new Error('two pods were raised')
  await published(this.bench, this.service.name, both)
  await programmed(this.bench, dials(this, 'TCP', both))
  await this.bench.ask(containerOf(leaving), 'ready', { value: false })
  await published(this.bench, this.service.name, [twin])
  this.pods = [twin]
  this.subjects = clientsOf(this, [twin])
  await settled(this.bench, dials(this, 'TCP', [twin]))
  const to = containerOf(leaving)
  const { ports: own, ips } = to
  this.twins = clientPods(this.topology).flatMap((client) =>
    ips.map((ip) => ({ client, to: targetOf(to), ip, ports: own })),
  )
})

Then('the other one answers on its own address at the same moment', function (this: Flatnet) {
  claimAnswered(this.controls)
})

Given('a client pod, and a Service that publishes a backend that never is ready', async function (this: Flatnet) {
  const made = this.own()
  const labels = { 'flatnet/backend': made.name }
  this.service = await serve(this, 'unready', { selector: labels, ports, publishNotReadyAddresses: true })
  this.pods = await made.raise(planned(made, 'unready', () => ({ labels, containers: [closed('app', 0)] })).slice(0, 1))
  this.subjects = clientsOf(this, this.pods)
})

Then('none of the backends is ready', async function (this: Flatnet) {
  await becameReady(this.own(), this.pods)
})

Given('a client pod, and a Service without endpoints', async function (this: Flatnet) {
  this.service = await serve(this, 'empty', { selector: { 'flatnet/backend': 'nobody' }, ports })
  // A kernel sends one address about one refusal a second; other scenarios' early packets may have used up those of the client pods.
  const clients = this.topology.pods.filter(({ role }) => role === 'probed').map(first)
  this.subjects = reach(this.service, clients, () => [])
  this.twins = standing(this, clients)
})

When(
  "the client opens a {protocol} conversation with the Service's virtual IP, and one with a Service that has backends",
  async function (this: Flatnet, protocol: 'TCP' | 'UDP') {
    const hushed = (subjects: Flatnet['subjects']) =>
      conversations(this, subjects, protocol, this.limits.refuse).map(({ dial, ...each }) => ({
        ...each,
        dial: { ...dial, manner: 'connected' as const },
      }))
    const beside = conversations(this, this.twins, protocol)
    await programmed(this.bench, beside)
    // Who waits uses up what a node may refuse it: others wait on the same nodes.
    await refused(this.bench, hushed(reach(this.service, clientPods(this.topology), () => [])))
    await this.converse(hushed(this.subjects), beside)
  },
)

Then('the conversation is refused within two seconds', function (this: Flatnet) {
  claimRefused(this.observed, this.controls, this.limits.refuse)
})

Given("a client pod, and Services that keep to the client's node", async function (this: Flatnet) {
  const all = servers(this)
  const [alone] = all
  if (!alone) throw new Error('no server pod stands')
  const local = { ports, internalTrafficPolicy: 'Local' }
  const clients = clientPods(this.topology)
  const [everywhere, once, anyhow] = await Promise.all([
    serve(this, 'local', { ...local, selector: serverSelector(this.topology) }),
    serve(this, 'local-once', { ...local, selector: only(this, alone) }),
    serve(this, 'anyhow', { ports, selector: only(this, alone) }),
  ])
  this.pods = all
  this.service = once
  this.subjects = [
    ...reach(everywhere, clients, (client) => all.filter(({ node }) => node === client.node)),
    ...reach(once, clients, (client) => (client.node === alone.node ? [alone] : [])),
  ]
  this.twins = reach(anyhow, clients, () => [alone])
})

Then('where the node has no backend, nobody answers', function (this: Flatnet) {
  const nowhere = this.observed.filter(({ to }) => to.by.length === 0)
  claimFailed(nowhere, ['refused', 'timeout', 'unreachable', 'reset', 'closed'])
})

/** Services over all backends and over one alone that prefer a place; who answers is told for each client. */
async function preferring(world: Flatnet, trafficDistribution: string, near: (from: string, to: string) => boolean) {
  const all = servers(world)
  const alone = all.slice(0, 1)
  const clients = clientPods(world.topology)
  const [everywhere, once] = await Promise.all([
    serve(world, 'near', { ports, trafficDistribution, selector: serverSelector(world.topology) }),
    serve(world, 'far', { ports, trafficDistribution, selector: only(world, all[0] as StandingPod) }),
  ])
  world.pods = all
  world.subjects = [
    ...reach(everywhere, clients, (client) => all.filter(({ node }) => near(client.node, node))),
    ...reach(once, clients, () => alone),
  ]
  await Promise.all([everywhere, once].map(({ name }, i) => published(world.bench, name, i === 0 ? all : alone)))
  await settled(world.bench, conversations(world, world.subjects, 'TCP'))
}

Given('a client pod, and Services that prefer backends on the same node', async function (this: Flatnet) {
  await preferring(this, 'PreferSameNode', (from, to) => from === to)
})

Given('a client pod, and Services that prefer backends in the same zone', async function (this: Flatnet) {
  const zoneOf = (node: string) => this.topology.nodes.find(({ name }) => name === node)?.zone
  await preferring(this, 'PreferClose', (from, to) => zoneOf(from) === zoneOf(to))
})
