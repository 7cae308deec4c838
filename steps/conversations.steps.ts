import { OUTSIDE } from '../cluster/outside/host.ts'
import type { Observed } from '../contract/conversation.ts'
import type { Topology } from '../contract/topology.ts'
import { ANSWERERS, CONTROLS } from '../fixtures/ground.ts'
import type { Facts, Protocol } from '../probe/protocol.ts'
import {
  claimAnswered,
  claimDestinationKept,
  claimFailed,
  claimIntact,
  claimSourceKept,
  claimUntranslated,
} from '../promises/conversations/claims.ts'
import { PAYLOADS, type Payload, plan } from '../promises/conversations/plan.ts'
import { largestPackets, searchSizes } from '../promises/conversations/sizes.ts'
import { claimExternal, claimRefusedByGateway, seenAtGateway } from '../promises/egress/gateway.ts'
import { claimEgress, claimOwnExit, claimOwnOrNode } from '../promises/egress/masquerade.ts'
import { callBack, claimBothName, factsOfClients } from '../promises/identity/both-ends.ts'
import { claimEntry, claimOutsideSource } from '../promises/outside/source.ts'
import { claimDenied } from '../promises/policies/enforce.ts'
import { claimRefused } from '../promises/services/refusal.ts'
import { answeredOn } from '../promises/services/translation.ts'
import { Then, When } from './keywords.ts'
import { OPENERS, type Opener, POD_IP } from './open.ts'
import { slot } from './slot.ts'
import { table, words } from './words.ts'
import type { Flatnet } from './world.ts'

const facts = slot<Map<string, Facts>>('facts about its clients')

const OUTCOMES: Readonly<Record<string, (world: Flatnet) => void>> = {
  answered: (world) => claimAnswered(world.seen.judge()),
  'refused by the internet gateway': (world) => claimRefusedByGateway(world.seen.judge()),
  denied: (world) => claimDenied(world.seen.judge()),
  refused: (world) => claimFailed(world.seen.judge(), ['refused']),
  'refused within two seconds': (world) =>
    claimRefused(world.seen.judge(), world.seen.controls, world.limits.refuse, world.topology.proxyMode ?? 'unknown'),
}

/** Who sees a peer, and the conversations in which it does. */
const VIEWERS: Readonly<Record<string, (all: readonly Observed[], topology: Topology) => readonly Observed[]>> = {
  'the server': (all) => all,
  'the backends on the same node': (all, topology) => answeredOn(all, 'the same node', topology),
  'the backends on another node': (all, topology) => answeredOn(all, 'another node', topology),
  'the observer': (all) => all.filter(({ to }) => to.node === OUTSIDE),
  'the pod': (all) => all.filter(({ to }) => to.node !== OUTSIDE),
  'the internet gateway': seenAtGateway,
}

table('conversations', {
  'a TCP conversation': ['TCP'],
  'a UDP conversation': ['UDP'],
  'a HTTP conversation': ['HTTP'],
  'TCP conversations': ['TCP'],
  'UDP conversations': ['UDP'],
  'TCP and UDP conversations': ['TCP', 'UDP'],
})
table('address', OPENERS)
table('payload', PAYLOADS)
table('viewer', VIEWERS)
table('peer', {
  "the client's pod IP": claimSourceKept,
  "the client's pod IP or an address of its node": claimOwnOrNode,
  "the address of the client's own node": claimEgress,
  'a different address for each node': claimOwnExit,
  "the gateway's external address": claimExternal,
  "the client's own address": claimOutsideSource,
  'an address of the node that is dialled': claimEntry,
})
table('part', { 'address or port': claimUntranslated, destination: claimDestinationKept })
table('outcome', OUTCOMES)
words('answerer', ANSWERERS)
words('control', CONTROLS)

When(
  'the client opens {conversations} with {address}',
  function (this: Flatnet, protocols: readonly Protocol[], open: Opener) {
    return open(this, protocols)
  },
)

When(
  "the client opens a TCP conversation with the server's pod IP, and reports its addresses",
  async function (this: Flatnet) {
    await this.converse(plan(this, this.scene, ['TCP'], POD_IP))
    facts.set(this, await factsOfClients(this.bench, this.seen.all))
  },
)

When('the client sends {payload} to {address}', async function (this: Flatnet, payload: Payload, open: Opener) {
  await open(this, [payload.protocol], payload)
  if (!payload.sizes) return
  this.seen.all = await searchSizes(this.bench, this.seen.all)
  if (payload.protocol === 'UDP') this.observe('largest packets in bytes', largestPackets(this.seen.all))
})

When('the client publishes the address of its interface, and the server calls it back', async function (this: Flatnet) {
  await this.converse(await callBack(this.bench, this.scene.subjects))
  this.scene.answers = 'the pod that published it'
})

Then('{answerer} answers', function (this: Flatnet, who: string) {
  if (who !== this.scene.answers) throw new Error(`in this scenario ${this.scene.answers} must answer`)
  claimAnswered(this.seen.judge().filter(({ to }) => to.by.length > 0))
})

Then('{control} answers at the same time', function (this: Flatnet, who: string) {
  if (who !== this.scene.control) throw new Error(`the control of this scenario is ${this.scene.control}`)
  claimAnswered(this.seen.controls)
})

Then('the conversation is {outcome}', function (this: Flatnet, claim: (typeof OUTCOMES)[string]) {
  claim(this)
})

Then(
  '{viewer} see(s) {peer} as its/their/the peer/source',
  function (this: Flatnet, seenBy: (typeof VIEWERS)[string], claim: typeof claimSourceKept) {
    claim(seenBy(this.seen.judge(), this.topology), this.topology)
  },
)

Then('no {part} was translated on the way', function (this: Flatnet, claim: typeof claimUntranslated) {
  claim(this.seen.judge(), this.topology)
})

Then('the bytes arrive intact', function (this: Flatnet) {
  claimIntact(this.seen.judge())
})

Then('the client and the server name the client by the same address', function (this: Flatnet) {
  claimBothName(this.seen.judge(), facts.of(this), this.topology)
})
