import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import type { ServiceRef } from '../contract/topology.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { claimConverged, converge, type Expectation } from '../promises/services/convergence.ts'
import { claimAbandoned } from '../promises/services/deleted.ts'
import { follow } from './convergence.ts'
import { backendsOf, clientPods, conversations, reach, serve } from './service-clients.ts'
import type { Flatnet } from './world.ts'

/** A number of the scenario's own: a virtual IP may be given to another Service over the same pods at once. */
const portOf = (name: string): number => 7600 + (Number.parseInt(name.slice(-4), 36) % 300)

function make(world: Flatnet, noun: string): Promise<ServiceRef> {
  const { selector } = backendsOf(world.topology)
  const port = portOf(world.own().name)
  return serve(world, noun, { selector, ports: servicePorts(portsOf(0)).map((each) => ({ ...each, port })) })
}

/** Every client's conversations with a Service of this scenario. */
function expect(world: Flatnet, service: ServiceRef, rule: Expectation['rule']): Expectation[] {
  const port = portOf(world.own().name)
  const subjects = reach(service, clientPods(world.topology), () => world.pods, { tcp: port, udp: port, http: 0 })
  return (['TCP', 'UDP'] as const).flatMap((protocol) =>
    conversations(world, subjects, protocol).map(({ dial, ...each }) => ({
      planned: { ...each, dial: { ...dial, ...(protocol === 'UDP' && { manner: 'brief' as const }) } },
      rule,
    })),
  )
}

const twin = (world: Flatnet): ServiceRef => {
  if (!world.twin) throw new Error('this scenario has one Service alone')
  return world.twin
}

async function remove(world: Flatnet): Promise<void> {
  const api = await world.bench.api()
  await api.core.deleteNamespacedService({ namespace: world.own().namespace, name: world.service.name })
}

Given('a client pod, and two Services over the same backends', async function (this: Flatnet) {
  this.pods = backendsOf(this.topology).pods
  this.service = await make(this, 'leaving')
  this.twin = await make(this, 'twin')
  const both = [this.service, this.twin].flatMap((service) => expect(this, service, 'each'))
  claimConverged(await converge(this.bench, both))
})

When('one of the Services is deleted', async function (this: Flatnet) {
  await remove(this)
})

When('one of the Services is deleted and made again', async function (this: Flatnet) {
  await remove(this)
  this.service = await make(this, 'leaving')
})

Then('its backends no longer answer at its virtual IP', async function (this: Flatnet) {
  await follow(this, expect(this, this.service, 'none'), expect(this, twin(this), 'each'))
  claimAbandoned(this.observed)
})

Then('its backends answer at the virtual IP that it has now', async function (this: Flatnet) {
  await follow(this, expect(this, this.service, 'each'), expect(this, twin(this), 'each'))
  claimAnswered(this.observed)
})

Then('the other Service answers at the same moment', function (this: Flatnet) {
  claimAnswered(this.controls)
})
