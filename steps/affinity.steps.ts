import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { converse } from '../promises/conversations/converse.ts'
import { affinitiesNeeded, change, claimMoved, reached, rest } from '../promises/services/affinity.ts'
import { programmed, published } from '../promises/services/programming.ts'
import { claimEveryBackend, claimOneEach, stick } from '../promises/services/spread.ts'
import { grouped } from '../promises/services/tally.ts'
import { backendsOf, clientPods, clientsOf, conversations, often, only, reach, serve } from './service-clients.ts'
import type { Flatnet } from './world.ts'

const ports = servicePorts(portsOf(0))
const affinity = { sessionAffinity: 'ClientIP' }

/** The timeout of an affinity that is waited for. */
const SECONDS = 3

const both = (world: Flatnet, subjects = world.subjects) =>
  (['TCP', 'UDP'] as const).flatMap((protocol) => conversations(world, subjects, protocol))

Given('a client pod, and a Service with session affinity', async function (this: Flatnet) {
  const { pods, selector } = backendsOf(this.topology)
  this.pods = pods
  this.service = await serve(this, 'sticky', { selector, ports, ...affinity })
  this.subjects = clientsOf(this, pods)
  this.sticky = true
})

Then('each client is answered by one backend alone', function (this: Flatnet) {
  claimOneEach(grouped(this.observed), this.topology)
})

When('its session affinity is switched off, and on again', async function (this: Flatnet) {
  const once = both(this)
  await reached(this.bench, once)
  await change(this.bench, this.service, { sessionAffinity: 'None' })
  await programmed(this.bench, once)
  this.tallies = grouped(await converse(this.bench, often(once)))
  await change(this.bench, this.service, affinity)
  await stick(this.bench, once)
  await this.converse(often(once))
})

Then('without it every client met every backend', function (this: Flatnet) {
  claimEveryBackend(this.tallies, this.topology)
})

Given('a client pod, and a Service with session affinity and a single backend', async function (this: Flatnet) {
  const [first] = backendsOf(this.topology).pods
  if (!first) throw new Error('no server pod stands')
  const selector = only(this, first)
  const [sticky, twin] = await Promise.all([
    serve(this, 'sticky', { selector, ports, ...affinity }),
    serve(this, 'twin', { selector, ports }),
  ])
  this.service = sticky
  this.subjects = clientsOf(this, [first])
  this.twin = twin
  this.twins = reach(twin, clientPods(this.topology), () => [first])
  await programmed(this.bench, [...both(this), ...both(this, this.twins)])
})

When('other backends join it', async function (this: Flatnet) {
  const { pods, selector } = backendsOf(this.topology)
  const { twin } = this
  if (!twin) throw new Error('this scenario has no twin of its Service')
  // The one with affinity first: where its twin leads to the new ones, it could do so, too.
  for (const service of [this.service, twin]) {
    await change(this.bench, service, { selector })
    await published(this.bench, service.name, pods)
  }
  this.twins = reach(twin, clientPods(this.topology), () => pods)
  await programmed(this.bench, both(this, this.twins))
  await this.converse(often(both(this, this.subjects), pods.length), often(both(this, this.twins)))
})

Then('a Service without affinity leads to the new ones at the same moment', function (this: Flatnet) {
  claimAnswered(this.controls)
  claimEveryBackend(grouped(this.controls), this.topology)
})

Given('a client pod, and a Service with session affinity for three seconds', async function (this: Flatnet) {
  const { pods, selector } = backendsOf(this.topology)
  const clients = clientPods(this.topology)
  const { tcp, udp } = portsOf(0)
  this.pods = pods
  const many = Array.from({ length: affinitiesNeeded(pods.length, clients.length) }, (_, i) => i + 1)
  this.service = await serve(this, 'rest', {
    selector,
    ...affinity,
    sessionAffinityConfig: { clientIP: { timeoutSeconds: SECONDS } },
    ports: many.flatMap((i) => [
      { name: `tcp-${i}`, protocol: 'TCP', port: 100 + i, targetPort: tcp },
      { name: `udp-${i}`, protocol: 'UDP', port: 100 + i, targetPort: udp },
    ]),
  })
  this.subjects = many.flatMap((i) => reach(this.service, clients, () => pods, { tcp: 100 + i, udp: 100 + i, http: 0 }))
})

When(
  'the client opens {protocol} conversations, rests for longer than that, and opens them again',
  async function (this: Flatnet, protocol: 'TCP' | 'UDP') {
    const clients = clientPods(this.topology).length
    const needed = affinitiesNeeded(this.pods.length, clients)
    const planned = conversations(this, this.subjects, protocol)
    this.rested = await rest(this.bench, planned, SECONDS * 1000 + this.limits.forget, needed)
  },
)

Then('each client is led to another backend at least once', function (this: Flatnet) {
  claimMoved(this.rested, SECONDS)
})
