import { Given, Then, When } from '@cucumber/cucumber'
import { NonConformance } from '../fixtures/errors.ts'
import { claimAnswered } from '../fixtures/flows/claims.ts'
import type { Planned, Target } from '../fixtures/flows/observed.ts'
import { containerOf } from '../fixtures/flows/observed.ts'
import { type Form, lookUp, nameOf } from '../fixtures/names.ts'
import { portsOf } from '../fixtures/pods/plan.ts'
import { serviceRef } from '../fixtures/pods/refs.ts'
import { replaceBackends } from '../fixtures/replace.ts'
import { programmed, published } from '../fixtures/services.ts'
import type { StandingPod } from '../fixtures/topology.ts'
import { planned } from './own.ts'
import type { Flatnet } from './world.ts'

/** So often for each backend that the chance of never meeting one of two is below 1e-12. */
const TRIES = 20

const { tcp, udp } = portsOf(0)

const target = (name: string, backends: readonly StandingPod[]): Target => ({
  label: `Service ${name}`,
  node: 'the Service',
  by: backends.map(({ uid }) => ({ uid })),
})

/** Every node's plain pod as a client of the Service, which may be answered by these backends. */
function clientsOf(world: Flatnet, backends: readonly StandingPod[]) {
  const { ip, name } = world.service
  const clients = world.topology.pods.filter((pod) => pod.role === 'client').map((pod) => containerOf(pod))
  return clients.map((client) => ({ client, to: target(name, backends), ip, ports: portsOf(0) }))
}

const dials = (world: Flatnet, protocol: 'TCP' | 'UDP', backends: readonly StandingPod[]): Planned[] =>
  clientsOf(world, backends).map(({ client, to, ip }) => ({
    from: client,
    to,
    dial: { protocol, host: ip, port: protocol === 'TCP' ? tcp : udp, deadline: world.limits.dial },
  }))

Given('a client pod, and a Service with a backend on every node', function (this: Flatnet) {
  if (!this.topology.service) throw new Error('this run has no standing Service')
  this.service = this.topology.service
  this.pods = this.topology.pods.filter((pod) => pod.role === 'server')
  this.subjects = clientsOf(this, this.pods)
})

When(
  "the client opens {protocol} conversations with the Service's virtual IP",
  async function (this: Flatnet, protocol: 'TCP' | 'UDP') {
    const once = dials(this, protocol, this.pods)
    await programmed(this.bench, once)
    await this.converse(Array.from({ length: TRIES * this.pods.length }, () => once).flat())
  },
)

Then('a backend answers every one', function (this: Flatnet) {
  claimAnswered(this.observed)
})

Given('a client pod, and a Service with two backends of its own', async function (this: Flatnet) {
  const made = this.own()
  const generation = { 'flatnet/backend': made.name }
  this.plans = planned(made, 'old', () => ({
    labels: generation,
    containers: [{ name: 'app', ports: { tcp, udp, http: 0 } }],
  })).slice(0, 2)
  const [first] = this.plans
  if (this.plans.length === 1 && first) this.plans.push({ ...first, name: `${first.name}-b` })
  this.service = serviceRef(await made.service(`${made.name}-vip`, generation, { tcp, udp }))
  this.pods = await made.raise(this.plans)
  await published(this.bench, this.service.name, this.pods)
  await programmed(this.bench, dials(this, 'TCP', this.pods))
})

When('every backend is replaced while the clients keep talking', async function (this: Flatnet) {
  const fresh = this.plans.map((plan) => ({ ...plan, name: plan.name.replace('-old-', '-new-') }))
  this.replacement = await replaceBackends(this.own(), this.service, this.pods, fresh, (backends) =>
    dials(this, 'TCP', backends),
  )
  this.observe('backends replaced', this.replacement.summary)
})

Then('the Service has the virtual IP and the name that it had before', async function (this: Flatnet) {
  const api = await this.bench.api()
  const now = serviceRef(
    await api.core.readNamespacedService({ namespace: this.own().namespace, name: this.service.name }),
  )
  if (now.ip !== this.service.ip || now.uid !== this.service.uid) {
    const actual = `Service ${now.name} had ${this.service.ip} and has ${now.ip} after its backends were replaced`
    throw new NonConformance({ expected: 'the virtual IP stays', actual })
  }
})

Then('only the new backends answer', async function (this: Flatnet) {
  const once = dials(this, 'TCP', this.replacement.fresh)
  await this.converse(Array.from({ length: TRIES * this.pods.length }, () => once).flat())
  claimAnswered(this.observed)
})

Then('no conversation was answered by a backend that had left', function (this: Flatnet) {
  const { late } = this.replacement
  if (late) {
    const actual = `${late.backend} answered ${late.afterMs} ms after it had left the cluster`
    throw new NonConformance({ expected: 'a backend that has left answers nothing', actual, outcomes: [late.outcome] })
  }
})

When(
  /^the client looks up the Service's (full name|name with its namespace|short name)$/,
  async function (this: Flatnet, form: Form) {
    const clients = this.subjects.map(({ client }) => client)
    this.lookups = await lookUp(this.bench, clients, (facts) =>
      nameOf(form, this.service.name, this.topology.namespaces.main, facts),
    )
  },
)

Then("the answer is the Service's virtual IP", function (this: Flatnet) {
  if (this.lookups.length === 0) throw new Error('nothing was looked up')
  for (const { client, name, addresses, code } of this.lookups) {
    if (addresses.length > 0 && addresses.every((ip) => ip === this.service.ip)) continue
    const got = addresses.join(', ') || code || 'nothing'
    const actual = `${client.pod} on ${client.node} looked up ${name} and got ${got}; the virtual IP is ${this.service.ip}`
    throw new NonConformance({ expected: 'the name resolves to the virtual IP', actual })
  }
})
