import { Given, When } from '@cucumber/cucumber'
import { type PodPlan, portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { closed } from '../cluster/pods/probed.ts'
import { serviceRef } from '../cluster/pods/refs.ts'
import { ROLE, RUN } from '../contract/labels.ts'
import { SCENARIO } from '../fixtures/scenario-resources.ts'
import { claimAnswers } from '../promises/names/ask.ts'
import { fqdn, topicOf } from '../promises/names/questions.ts'
import { resolversOf } from '../promises/names/resolver.ts'
import { untilEndpoints } from '../promises/services/endpoints.ts'
import { published } from '../promises/services/programming.ts'
import { askAbout, clients } from './dns.ts'
import type { Flatnet } from './world.ts'

const ports = servicePorts(portsOf(0))

/** So many pods of its own, one node after the other. */
function several(world: Flatnet, count: number, first = 0): PodPlan[] {
  const { nodes } = world.topology
  const made = world.own()
  return Array.from({ length: count }, (_, i) => ({
    name: `${made.name}-${first + i + 1}`,
    namespace: made.namespace,
    node: nodes[(first + i) % nodes.length]?.name ?? '',
    containers: [{ name: 'app', ports: portsOf(0), readiness: 'switch' as const }],
  }))
}

const mine = (world: Flatnet) => ({ [RUN]: world.topology.run, [SCENARIO]: world.own().name })

Given('a client pod, and a headless Service with pods of its own', async function (this: Flatnet) {
  const made = this.own()
  const spec = { clusterIP: 'None', ipFamilyPolicy: 'PreferDualStack', selector: mine(this), ports }
  this.service = serviceRef(await made.serve(`${made.name}-set`, spec))
  this.pods = await made.raise(several(this, 3))
  await published(this.bench, this.service.name, this.pods)
  // What was answered before the change is what a cache may keep after it.
  await askAbout(this, 'the headless name')
  claimAnswers(this.asked, 'the headless name gives its ready pods')
})

When('one of the pods stops being ready, one is deleted, and a new one starts', async function (this: Flatnet) {
  const api = await this.bench.api()
  const [turned, deleted, ...stay] = this.pods
  const probe = turned?.containers[0]
  if (!probe || !deleted) throw new Error('this scenario has too few pods')
  const { namespace, name } = deleted
  const [fresh] = await Promise.all([
    this.own().raise(several(this, 1, this.pods.length)),
    this.bench.ask(probe, 'ready', { value: false }),
    api.core.deleteNamespacedPod({ namespace, name }),
  ])
  this.pods = [...stay, ...fresh]
  await published(this.bench, this.service.name, this.pods)
  await inquire(this, 'the headless name')
})

Given(
  'a client pod, and two headless Services over a pod that is not ready, one of which publishes it',
  async function (this: Flatnet) {
    const made = this.own()
    const spec = { clusterIP: 'None', ipFamilyPolicy: 'PreferDualStack', selector: mine(this), ports }
    const serve = async (name: string, more: object) =>
      serviceRef(await made.serve(`${made.name}-${name}`, { ...spec, ...more }))
    this.service = await serve('early', { publishNotReadyAddresses: true })
    this.twin = await serve('late', {})
    const plans = several(this, 1).map((plan) => ({ ...plan, containers: [closed('app', 0)] }))
    this.pods = await made.raise(plans)
    await Promise.all(
      [this.service, this.twin].map(({ name }) => untilEndpoints(this.bench, name, this.pods, 'listed')),
    )
  },
)

Given('a client pod, and a Service that stands for the name of another', async function (this: Flatnet) {
  const made = this.own()
  const { service } = this.topology
  if (!service) throw new Error('this run has no standing Service')
  const [resolver] = await resolversOf(this.bench, clients(this))
  const externalName = fqdn(service.name, made, resolver?.zone ?? '')
  this.twin = service
  this.service = serviceRef(await made.serve(`${made.name}-alias`, { type: 'ExternalName', externalName }))
})

When('the Service gets a virtual IP of its own', async function (this: Flatnet) {
  await askAbout(this, 'what the name stands for')
  const api = await this.bench.api()
  const { namespace } = this.own()
  const { name } = this.service
  const now = await api.core.readNamespacedService({ namespace, name })
  const spec = { type: 'ClusterIP', selector: { [RUN]: this.topology.run, [ROLE]: 'server' }, ports }
  this.service = serviceRef(await api.core.replaceNamespacedService({ namespace, name, body: { ...now, spec } }))
  await inquire(this, 'the name that stood for another')
})

/** Asks about what has changed: until then, an answer from before may be kept for its TTL. */
async function inquire(world: Flatnet, words: string): Promise<void> {
  world.topic = topicOf(words)
  await askAbout(world, words, { stale: 'any' })
}
