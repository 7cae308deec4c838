import type { V1Pod } from '@kubernetes/client-node'
import { TIMEOUT_SECONDS } from '../fixtures/scenes/affinity.ts'
import { PORTS } from '../fixtures/scenes/services.ts'
import { clientProbes, conversations } from '../fixtures/service-clients.ts'
import { affinitiesNeeded } from '../fixtures/statistics.ts'
import { claimFailed } from '../promises/conversations/claims.ts'
import { claimFamilies } from '../promises/dual-stack/families.ts'
import { claimInvalid } from '../promises/services/addresses.ts'
import { claimMoved, type Rested, rest } from '../promises/services/affinity.ts'
import { askApi, claimApi, claimCertified, type Reached } from '../promises/services/api-server.ts'
import { joinBackends, switchAffinity } from '../promises/services/change-affinity.ts'
import {
  askForForbidden,
  askForFreed,
  type Choice,
  chosenScene,
  claimChosen,
  type FORBIDDEN,
} from '../promises/services/choice.ts'
import { type Batch, type Effect, type Transports, toSee, toVirtualIPs } from '../promises/services/open.ts'
import { claimUnready, podsNow } from '../promises/services/refusal.ts'
import { claimEven, claimEveryBackend, claimOneEach } from '../promises/services/spread.ts'
import { grouped, type Tally } from '../promises/services/tally.ts'
import { claimRewritten } from '../promises/services/translation.ts'
import { Then, When } from './say.ts'
import { slot } from './slot.ts'
import type { Flatnet } from './world.ts'

const tallies = slot<Tally[]>('conversations that were counted')
const rested = slot<Rested[]>('clients that rested')
const choice = slot<Choice>('Service that asked for an address')
const answers = slot<Reached[]>('answers of the API server')
const pods = slot<V1Pod[]>('look at the backends')

/** Opens a batch of conversations, unless the scene never came about. */
async function open(world: Flatnet, planning: Promise<Batch>): Promise<void> {
  const { planned, controls } = await planning
  if (!world.hasVerdict) await world.converse(planned, controls)
}

When(
  "the client opens {conversations} with the Service's virtual IP",
  async function (this: Flatnet, protocols: Transports) {
    await open(this, toVirtualIPs(this, this.scene, protocols))
    if (this.scene.answers === 'the unready backend') pods.set(this, await podsNow(this.own(), this.scene.pods))
  },
)

When(
  "the client opens {conversations} with the Service's virtual IP, enough to see {effect}",
  async function (this: Flatnet, protocols: Transports, effect: Effect) {
    const seen = await toSee(this, this.scene, protocols, effect)
    if (!seen) return
    tallies.set(this, seen.tallies)
    this.witness(seen.observed, seen.controls)
  },
)

When(
  'the client opens {conversations}, rests for longer than the timeout, and opens them again',
  async function (this: Flatnet, protocols: Transports) {
    const needed = affinitiesNeeded(this.scene.pods.length, clientProbes(this.topology).length)
    const planned = conversations(this.limits, this.scene.subjects, protocols)
    const ms = TIMEOUT_SECONDS * 1000 + this.limits.forget
    await this.defer(async () => rested.set(this, await rest(this.bench, planned, ms, needed)))
  },
)

When("the Service's session affinity is changed to None", async function (this: Flatnet) {
  await open(this, switchAffinity(this, this.scene, false))
})

When("the Service's session affinity is changed to None and back", async function (this: Flatnet) {
  await open(this, switchAffinity(this, this.scene, true))
})

When('other backends join the Service', async function (this: Flatnet) {
  await open(this, joinBackends(this, this.scene))
})

When('another Service asks for this address', async function (this: Flatnet) {
  const made = await askForFreed(this, this.other)
  choice.set(this, made)
  this.scene = chosenScene(this, this.scene, made)
  await open(this, toVirtualIPs(this, this.scene, ['TCP', 'UDP']))
})

When('another Service asks for {forbidden address}', async function (this: Flatnet, of: (typeof FORBIDDEN)[string]) {
  choice.set(this, await askForForbidden(this, of(this.service)))
})

When("the client asks for the API's version over TLS", async function (this: Flatnet) {
  await this.defer(async () => answers.set(this, await askApi(this.bench, clientProbes(this.topology))))
})

Then('every client meets every backend', function (this: Flatnet) {
  claimEveryBackend(grouped(this.judge()), this.topology)
})

Then('each client is answered by one backend alone', function (this: Flatnet) {
  claimOneEach(grouped(this.judge()), this.topology)
})

Then('a Service without affinity leads to the new backends at the same time', function (this: Flatnet) {
  claimEveryBackend(grouped(this.controls), this.topology)
})

Then("the backends' shares differ by no more than chance", function (this: Flatnet) {
  claimEven(tallies.of(this), this.topology)
})

Then('each client is led to another backend at least once', function (this: Flatnet) {
  claimMoved(rested.of(this), TIMEOUT_SECONDS)
})

Then('the backend is not ready', function (this: Flatnet) {
  claimUnready(pods.of(this))
})

Then('where the node has no backend, nothing answers', function (this: Flatnet) {
  const nowhere = this.judge().filter(({ to }) => to.by.length === 0)
  claimFailed(nowhere, ['refused', 'timeout', 'unreachable', 'reset', 'closed'])
})

Then('the virtual IP is rewritten to the target port of the backend, and back', function (this: Flatnet) {
  claimRewritten(this.judge(), this.scene.pods, { tcp: PORTS[0]?.port ?? 0, udp: PORTS[1]?.port ?? 0 })
})

Then('the Service has the address that it asked for', function (this: Flatnet) {
  claimChosen(choice.of(this))
})

Then('the Service has the families that it asked for, in their order', function (this: Flatnet) {
  claimFamilies(this.service.ips, this.scene.families, this.service.name)
})

Then('the API refuses it as invalid', function (this: Flatnet) {
  claimInvalid(choice.of(this).reply, choice.of(this).asked)
})

Then("the certificate is the cluster's own and good for the virtual IP", function (this: Flatnet) {
  claimCertified(answers.of(this))
})

Then('the API server answers every client', function (this: Flatnet) {
  claimApi(answers.of(this))
})
