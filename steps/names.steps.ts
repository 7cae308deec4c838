import { claimAnswers } from '../promises/names/ask.ts'
import { giveVirtualIP, replaceHeadlessPods } from '../promises/names/changing.ts'
import {
  CONFIGURATION_WORDS,
  type Configurations,
  claimSetting,
  configurationsOf,
  SETTING_WORDS,
} from '../promises/names/configuration.ts'
import { type Inquiry, inquire, RESOLVERS } from '../promises/names/inquire.ts'
import { claimGoal, GOALS, LOOKUPS, type LookedUp, NAMES } from '../promises/names/looked-up.ts'
import { TOPICS, type Topic } from '../promises/names/questions.ts'
import { claimFirstTries } from '../promises/names/tries.ts'
import { Then, When } from './keywords.ts'
import { slot } from './slot.ts'
import { table, words } from './words.ts'
import type { Flatnet } from './world.ts'

const inquiry = slot<Inquiry>('answers of DNS')
const lookedUp = slot<LookedUp>('names that were looked up')
const configured = slot<Configurations>('resolver configurations')

const topics: Topic[] = Object.values(TOPICS)
words('topic', Object.keys(TOPICS))
words(
  'records',
  topics.map(({ gives }) => gives),
)
words(
  'absence',
  topics.flatMap(({ lacks }) => lacks ?? []),
)
table('resolver', RESOLVERS)
table('lookup', LOOKUPS)
words('name', NAMES)
table('leads', { 'leads to': true, 'does not lead to': false })
words('goal', Object.keys(GOALS))
words('setting', SETTING_WORDS)
words('configuration', CONFIGURATION_WORDS)

function keep(world: Flatnet, found: Inquiry): void {
  inquiry.set(world, found)
  for (const [name, value] of Object.entries(found.findings)) world.observe(name, value)
}

/** Changes the scene, and keeps the answers of DNS about it. */
async function change(world: Flatnet, make: typeof replaceHeadlessPods): Promise<void> {
  const { scene, inquiry: found } = await make(world, world.scene)
  world.scene = scene
  keep(world, found)
}

When(
  'the client/pod asks {resolver} for {topic}',
  async function (this: Flatnet, resolver: (typeof RESOLVERS)[string], topic: string) {
    keep(this, await inquire(this, this.scene, topic, resolver))
  },
)

When('one of the pods stops being ready, one is deleted, and a new one starts', function (this: Flatnet) {
  return change(this, replaceHeadlessPods)
})

When("the Service's type is changed to ClusterIP", function (this: Flatnet) {
  return change(this, giveVirtualIP)
})

When('the client/pod looks up {lookup}', async function (this: Flatnet, lookUp: (typeof LOOKUPS)[string]) {
  lookedUp.set(this, await lookUp(this, this.scene))
})

When('every pod reports its resolver configuration', async function (this: Flatnet) {
  configured.set(this, await configurationsOf(this, this.scene))
})

When(
  'every pod reports its resolver configuration, and looks up {lookup}',
  async function (this: Flatnet, lookUp: (typeof LOOKUPS)[string]) {
    configured.set(this, await configurationsOf(this, this.scene))
    lookedUp.set(this, await lookUp(this, this.scene))
  },
)

Then('cluster DNS answers with {records} and nothing else', function (this: Flatnet, records: string) {
  const { topic, asked } = inquiry.of(this)
  if (topic.gives !== records) throw new Error(`this question gives ${topic.gives}`)
  const found = asked.filter(({ expected }) => typeof expected.records !== 'string')
  claimAnswers(found, `DNS gives ${records}`)
})

Then('{absence} is not found at the same time', function (this: Flatnet, absence: string) {
  const { topic, asked } = inquiry.of(this)
  if (topic.lacks !== absence) throw new Error(`in this question ${topic.lacks} must not be found`)
  const none = asked.filter(({ expected }) => typeof expected.records === 'string')
  claimAnswers(none, `${absence} is not found`)
})

Then('no lookup needs a second try', function (this: Flatnet) {
  claimFirstTries(inquiry.of(this).tries ?? [])
})

Then('{name} {leads} {goal}', function (this: Flatnet, name: string, leads: boolean, goal: string) {
  claimGoal(this, this.scene, lookedUp.of(this)[name] ?? [], goal, leads)
})

Then('its {setting} is {configuration}', function (this: Flatnet, setting: string, configuration: string) {
  claimSetting(configured.of(this), setting, configuration)
})
