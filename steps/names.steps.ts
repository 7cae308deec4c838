import type { StandingPod } from '../contract/topology.ts'
import type { Facts } from '../probe/protocol.ts'
import { claimAnswers } from '../promises/names/ask.ts'
import { type Change, giveVirtualIP, replaceHeadlessPods } from '../promises/names/changing.ts'
import { type Configurations, claimSetting, configurationsOf } from '../promises/names/configuration.ts'
import { askNameservers, type Inquiry, inquire, type RESOLVERS } from '../promises/names/inquire.ts'
import {
  claimGoal,
  claimQualified,
  factsOf,
  type LOOKUPS,
  type LookedUp,
  standingName,
} from '../promises/names/looked-up.ts'
import { Then, When } from './say.ts'
import { slot } from './slot.ts'
import type { Flatnet } from './world.ts'

const inquiry = slot<Inquiry>('answers of DNS')
const lookedUp = slot<LookedUp>('names that were looked up')
const facts = slot<{ pod: StandingPod; facts: Facts }[]>('facts about its pods')
const configured = slot<Configurations>('resolver configurations')

function keep(world: Flatnet, found: Inquiry): void {
  inquiry.set(world, found)
  for (const [name, value] of Object.entries(found.findings)) world.observe(name, value)
}

/** What was changed, and what DNS says of it then. */
const change = (world: Flatnet, make: typeof replaceHeadlessPods): Promise<void> =>
  world.defer(async () => {
    const { scene, inquiry: found }: Change = await make(world, world.scene)
    world.scene = scene
    keep(world, found)
  })

When(
  'the client asks {resolver} for {topic}',
  async function (this: Flatnet, how: (typeof RESOLVERS)[string], words: string) {
    keep(this, await inquire(this, this.scene, words, how))
  },
)

When("every pod asks each of its nameservers for the Service's addresses", async function (this: Flatnet) {
  keep(this, await askNameservers(this, this.scene))
})

When('one of the pods stops being ready, one is deleted, and a new one starts', function (this: Flatnet) {
  return change(this, replaceHeadlessPods)
})

When("the Service's type is changed to ClusterIP", function (this: Flatnet) {
  return change(this, giveVirtualIP)
})

When('the client/pod looks up {names}', async function (this: Flatnet, lookUp: (typeof LOOKUPS)[string]) {
  lookedUp.set(this, await lookUp(this, this.scene))
  facts.set(this, await factsOf(this, this.scene))
})

When('every pod reports its resolver configuration', async function (this: Flatnet) {
  configured.set(this, await configurationsOf(this, this.scene))
})

When('every pod reports its resolver configuration, and looks up a Service', async function (this: Flatnet) {
  configured.set(this, await configurationsOf(this, this.scene))
  lookedUp.set(this, { 'the name': await standingName(this, this.scene) })
})

Then('cluster DNS answers with {records} and nothing else', function (this: Flatnet, words: string) {
  const { topic, asked } = inquiry.of(this)
  if (topic.gives !== words) throw new Error(`what was asked gives ${topic.gives}`)
  claimAnswers(
    asked.filter(({ expected }) => typeof expected.records !== 'string'),
    `DNS gives ${words}`,
  )
})

Then('{absence} is not found at the same time', function (this: Flatnet, words: string) {
  const { topic, asked } = inquiry.of(this)
  if (topic.lacks !== words) throw new Error(`what was asked lacks ${topic.lacks}`)
  claimAnswers(
    asked.filter(({ expected }) => typeof expected.records === 'string'),
    `${words} is not found`,
  )
})

Then('{name} leads to {goal}', function (this: Flatnet, name: string, goal: string) {
  claimGoal(this, this.scene, lookedUp.of(this)[name] ?? [], goal, false)
})

Then('{name} does not lead to {goal}', function (this: Flatnet, name: string, goal: string) {
  claimGoal(this, this.scene, lookedUp.of(this)[name] ?? [], goal, true)
})

Then('its hostname is its fully qualified name', function (this: Flatnet) {
  claimQualified(facts.of(this))
})

Then('its {setting} is {configuration}', function (this: Flatnet, setting: string, configuration: string) {
  claimSetting(configured.of(this), setting, configuration)
})
