import type { Placement } from '../fixtures/pairs.ts'
import type { Facts, Protocol } from '../probe/protocol.ts'
import {
  claimAnswered,
  claimDestinationKept,
  claimFailed,
  claimIntact,
  claimSourceKept,
  claimUntranslated,
} from '../promises/conversations/claims.ts'
import { ADDRESSES, type Address, type Payload, plan } from '../promises/conversations/plan.ts'
import { sourcesOf } from '../promises/conversations/sources.ts'
import { claimEgress } from '../promises/egress/masquerade.ts'
import { callBack, claimBothName, factsOfClients } from '../promises/identity/both-ends.ts'
import { truthTable } from '../promises/pods/truth-table.ts'
import { claimRefused } from '../promises/services/refusal.ts'
import { answeredOn } from '../promises/services/translation.ts'
import { Then, When } from './say.ts'
import { slot } from './slot.ts'
import { type Flatnet, MEDIA } from './world.ts'

const POD_IP = ADDRESSES["the server's pod IP"] as Address
const facts = slot<Map<string, Facts>>('facts about its clients')

When(
  'the client opens {conversations} with {address}',
  async function (this: Flatnet, protocols: readonly Protocol[], address: Address) {
    const controls = address.loopbackPort ? plan(this.limits, this.scene, protocols, POD_IP) : []
    await this.converse(plan(this.limits, this.scene, protocols, address), controls)
    for (const source of sourcesOf(this.observed, this.topology)) this.observe('source address seen', source)
  },
)

When(
  "the client opens a TCP conversation with the server's pod IP, and reports its addresses",
  async function (this: Flatnet) {
    await this.converse(plan(this.limits, this.scene, ['TCP'], POD_IP))
    facts.set(this, await factsOfClients(this.bench, this.observed))
  },
)

When('every pod opens TCP and UDP conversations with the other pods', async function (this: Flatnet) {
  await this.converse(plan(this.limits, this.scene, ['TCP', 'UDP'], POD_IP))
  this.attach(truthTable(this.observed, this.topology), MEDIA.table)
})

When("the client sends {payload} to the server's pod IP", async function (this: Flatnet, payload: Payload) {
  await this.converse(plan(this.limits, this.scene, [payload.protocol], POD_IP, payload.bytes))
})

When('the client publishes the address of its interface, and the server calls it back', async function (this: Flatnet) {
  await this.converse(await callBack(this.bench, this.scene.subjects))
  this.scene.answers = 'the pod that published it'
})

Then('{answerer} answers', function (this: Flatnet, words: string) {
  if (words !== this.scene.answers) throw new Error(`in this scenario ${this.scene.answers} is to answer`)
  claimAnswered(this.judge().filter(({ to }) => to.by.length > 0))
})

Then('{control} answers at the same time', function (this: Flatnet, words: string) {
  if (words !== this.scene.control) throw new Error(`the control of this scenario is ${this.scene.control}`)
  claimAnswered(this.controls)
})

Then('the conversation is answered', function (this: Flatnet) {
  claimAnswered(this.judge())
})

Then('the conversation is refused', function (this: Flatnet) {
  claimFailed(this.judge(), ['refused'])
})

Then('the conversation is refused within two seconds', function (this: Flatnet) {
  claimRefused(this.judge(), this.controls, this.limits.refuse)
})

Then("the server sees the client's pod IP as its peer", function (this: Flatnet) {
  claimSourceKept(this.judge(), this.topology)
})

Then(
  "the backends on {placement} see the client's pod IP as their peer",
  function (this: Flatnet, placement: Placement) {
    claimSourceKept(answeredOn(this.judge(), placement), this.topology)
    this.observe('proxy mode', this.topology.proxyMode ?? 'unknown')
  },
)

Then("the server sees the address of the client's own node as its peer", function (this: Flatnet) {
  claimEgress(this.judge(), this.topology)
})

Then('no address or port was translated on the way', function (this: Flatnet) {
  claimUntranslated(this.judge(), this.topology)
})

Then('the destination was not translated on the way', function (this: Flatnet) {
  claimDestinationKept(this.judge(), this.topology)
})

Then('the bytes arrive intact', function (this: Flatnet) {
  claimIntact(this.judge())
})

Then('the client and the server name the client by the same address', function (this: Flatnet) {
  claimBothName(this.judge(), facts.of(this), this.topology)
})
