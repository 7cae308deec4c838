import { Then, When } from '@cucumber/cucumber'
import type { StandingPod } from '../contract/topology.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { terminate } from '../promises/pods/lifecycle.ts'
import { claimConditions } from '../promises/services/conditions.ts'
import { published } from '../promises/services/programming.ts'
import { follow } from './convergence.ts'
import { expectDirect, expectEach, freshPlans } from './load.ts'
import type { Flatnet } from './world.ts'

/** The backends that are meant, in the words of a scenario. */
const GROUPS: Readonly<Record<string, (world: Flatnet) => StandingPod[]>> = {
  'both backends': ({ pods, fresh }) => [...pods, ...fresh],
  'the backend that is left': ({ pods, ending }) => pods.filter((pod) => !ending.includes(pod)),
  'both ending backends': ({ ending }) => ending,
  'the new backend': ({ fresh }) => fresh,
}

async function makeOneMore(world: Flatnet): Promise<void> {
  world.fresh = await world.own().raise(freshPlans(world).slice(0, 1))
}

async function tellToEnd(world: Flatnet, pods: readonly StandingPod[]): Promise<void> {
  world.ending = [...pods]
  await terminate(world.own(), pods)
}

When('one more backend is made', async function (this: Flatnet) {
  await makeOneMore(this)
  await published(this.bench, this.service.name, [...this.pods, ...this.fresh])
})

When('one backend is told to end', async function (this: Flatnet) {
  await tellToEnd(this, this.pods.slice(0, 1))
})

When('every backend is told to end', async function (this: Flatnet) {
  await tellToEnd(this, this.pods)
  await published(this.bench, this.service.name, [])
})

When('its backend is told to end, and one more is made', async function (this: Flatnet) {
  await tellToEnd(this, this.pods)
  await makeOneMore(this)
  await published(this.bench, this.service.name, this.fresh)
})

Then(/^every client meets (.*) and nobody else$/, async function (this: Flatnet, words: string) {
  const meant = GROUPS[words]?.(this)
  if (!meant || meant.length === 0) throw new Error(`this scenario has no backends that are ${words}`)
  const others = this.ending.filter((pod) => !meant.includes(pod))
  await follow(this, expectEach(this, meant), others.length > 0 ? expectDirect(this, others) : [])
  claimAnswered(this.observed)
})

Then('those that are ending answer at their own addresses at the same moment', function (this: Flatnet) {
  claimAnswered(this.controls)
})

Then('its endpoint is serving and terminating, and not ready', async function (this: Flatnet) {
  const wanted = { ready: false, serving: true, terminating: true }
  await claimConditions(this.bench, this.service.name, this.ending, wanted)
})

Then('the endpoint of the other one is ready', async function (this: Flatnet) {
  const others = this.pods.filter((pod) => !this.ending.includes(pod))
  await claimConditions(this.bench, this.service.name, others, { ready: true, serving: true, terminating: false })
})
