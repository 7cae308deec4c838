import { routingOf } from '../fixtures/ground.ts'
import { TIMEOUT_SECONDS } from '../fixtures/scenes/affinity.ts'
import { PORTS } from '../fixtures/scenes/services.ts'
import { clientProbes } from '../fixtures/service-clients.ts'
import { claimFamilies } from '../promises/dual-stack/families.ts'
import { claimOwnCertificates } from '../promises/ingress/claims.ts'
import { PORT_CHOICES } from '../promises/outside/node-port-choice.ts'
import { claimInvalid } from '../promises/services/addresses.ts'
import { claimMoved, type Rested, restLonger } from '../promises/services/affinity.ts'
import { askApi, claimApi, claimCertified, type Reached } from '../promises/services/api-server.ts'
import { joinBackends, switchAffinity } from '../promises/services/change-affinity.ts'
import { CHOICES, type Choice, chosenScene, claimChosen } from '../promises/services/choice.ts'
import { claimEveryEndpoint } from '../promises/services/every-endpoint.ts'
import { EFFECTS, type Effect, planToVirtualIPs } from '../promises/services/open.ts'
import { claimEven, claimEveryBackend, claimOneEach } from '../promises/services/spread.ts'
import { grouped, type Tally, type Transports } from '../promises/services/tally.ts'
import { claimRewritten } from '../promises/services/translation.ts'
import { Then, When } from './keywords.ts'
import { COUNTERS, openBatch } from './open.ts'
import { slot } from './slot.ts'
import { table, words } from './words.ts'
import type { Flatnet } from './world.ts'

const tallies = slot<Tally[]>('conversations that were counted')
const rested = slot<Rested[]>('clients that rested')
const choice = slot<Choice>('Service that asked for an address')
const answers = slot<Reached[]>('answers of the API server')

const ASKED = { ...CHOICES, ...PORT_CHOICES }

/** The claims that a Service got what it asked for. */
const GIVEN: Readonly<Record<string, (world: Flatnet) => void>> = {
  'the address that it asked for': (world) => claimChosen(choice.of(world)),
  'the node port that it asked for': (world) => claimChosen(choice.of(world)),
  'the families that it asked for, in their order': (world) =>
    claimFamilies(world.service.ips, world.scene.families, world.service.name),
}

/** The claims about the backends that every client meets. */
const MET: Readonly<Record<string, (world: Flatnet) => void>> = {
  'every backend': (world) => claimEveryBackend(grouped(world.seen.judge()), world.topology),
  'every endpoint': (world) => claimEveryEndpoint(tallies.of(world), world.scene.endpoints),
  'one backend alone': (world) => claimOneEach(grouped(world.seen.judge()), world.topology),
  'another backend after the timeout': (world) => claimMoved(rested.of(world), world.seen.judge(), TIMEOUT_SECONDS),
  'every backend of a Service without affinity at the same time': (world) =>
    claimEveryBackend(grouped(world.seen.controls), world.topology),
}

/** The claims about certificates. */
const CERTIFICATES: Readonly<Record<string, (world: Flatnet) => void>> = {
  "the cluster's own and good for the virtual IP": (world) => claimCertified(answers.of(world)),
  'that of the Secret for its host': (world) => claimOwnCertificates(world.seen.judge(), routingOf(world.scene)),
}

words('effect', EFFECTS)
table('counted', COUNTERS)
table('choice', ASKED)
table('given', GIVEN)
table('met', MET)
table('certificate', CERTIFICATES)

When(
  'the client opens {conversations} with {counted}, enough to see {effect}',
  async function (this: Flatnet, protocols: Transports, count: (typeof COUNTERS)[string], effect: Effect) {
    tallies.set(this, await count(this, protocols, effect))
  },
)

When(
  'the client opens {conversations}, waits for longer than the timeout, and opens them again',
  async function (this: Flatnet, protocols: Transports) {
    const { all, last } = await restLonger(this, this.scene, protocols)
    rested.set(this, all)
    this.seen.take(last)
  },
)

When(/^the Service's session affinity is changed to None( and back)?$/, function (this: Flatnet, back: string | null) {
  return openBatch(this, switchAffinity(this, this.scene, back !== null))
})

When('other backends join the Service', function (this: Flatnet) {
  return openBatch(this, joinBackends(this, this.scene))
})

When('another Service asks for {choice}', async function (this: Flatnet, ask: (typeof ASKED)[string]) {
  const chosen = await ask(this, this.scene)
  choice.set(this, chosen)
  this.scene = chosenScene(this.scene, chosen)
  if (chosen.free) await openBatch(this, planToVirtualIPs(this, this.scene, ['TCP', 'UDP']))
})

When("the client asks for the API's version over TLS", function (this: Flatnet) {
  return this.defer(async () => answers.set(this, await askApi(this.bench, clientProbes(this.topology))))
})

Then('every client meets {met}', function (this: Flatnet, claim: (typeof MET)[string]) {
  claim(this)
})

Then("the backends' shares differ by no more than chance", function (this: Flatnet) {
  claimEven(tallies.of(this), this.topology)
})

Then('the virtual IP is rewritten to the target port of the backend, and back', function (this: Flatnet) {
  claimRewritten(this.seen.judge(), this.scene.pods, { tcp: PORTS[0]?.port ?? 0, udp: PORTS[1]?.port ?? 0 })
})

Then('the Service has {given}', function (this: Flatnet, claim: (typeof GIVEN)[string]) {
  claim(this)
})

Then('the API refuses it as invalid', function (this: Flatnet) {
  claimInvalid(choice.of(this))
})

Then('the certificate is {certificate}', function (this: Flatnet, claim: (typeof CERTIFICATES)[string]) {
  claim(this)
})

Then('the API server answers every client', function (this: Flatnet) {
  claimApi(answers.of(this))
})
