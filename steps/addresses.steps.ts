import type { V1EndpointSlice, V1Pod } from '@kubernetes/client-node'
import { serviceRanges } from '../cluster/site/service-needs.ts'
import { afresh } from '../cluster/snapshot.ts'
import { restartOne } from '../fixtures/lifecycle.ts'
import {
  type Addresses,
  claimEachFamily,
  claimFirst,
  nodeAddresses,
  podAddresses,
} from '../promises/dual-stack/families.ts'
import { claimDisjoint, claimWithin, ranges } from '../promises/pods/ranges.ts'
import { claimSameAddress, toOwnNode } from '../promises/pods/same-address.ts'
import { claimVeth, otherEnds, type VethEnd } from '../promises/pods/veth.ts'
import {
  claimInRange,
  claimItsOwn,
  claimOutOfRange,
  everyAddress,
  type Holder,
} from '../promises/services/addresses.ts'
import { claimEndpoints, claimNobodyElse, slicesOf } from '../promises/services/endpoints.ts'
import { Then, When } from './say.ts'
import { slot } from './slot.ts'
import type { Flatnet } from './world.ts'

const holders = slot<{ all: Holder[]; ranges: string[] }>('list of all addresses')
const families = slot<Record<'pods' | 'nodes', Addresses[]>>('list of addresses by family')
const snapshot = slot<Awaited<ReturnType<typeof afresh>>>('look at nodes and pods')
const slices = slot<V1EndpointSlice[]>('EndpointSlices')
const ends = slot<VethEnd[]>('ends of interfaces')
const restarted = slot<V1Pod[]>('pods with a restarted container')

When('the API is asked for the addresses of all pods, nodes and Services', async function (this: Flatnet) {
  const [all, known] = await Promise.all([everyAddress(this.bench), this.bench.api().then(serviceRanges)])
  holders.set(this, { all, ranges: typeof known === 'string' ? [] : known })
})

When('the API is asked for the addresses of pods and nodes', async function (this: Flatnet) {
  families.set(this, { pods: await podAddresses(this.bench), nodes: nodeAddresses(this.topology) })
})

When("the API is asked for the nodes' pod ranges", async function (this: Flatnet) {
  snapshot.set(this, await afresh(this.bench))
  this.observe('pod ranges', ranges(snapshot.of(this).allNodes))
})

When("the API is asked for the Service's EndpointSlices", async function (this: Flatnet) {
  slices.set(this, await slicesOf(this.bench, this.service, this.scene.pods.length))
})

When("its node is asked for the other end of the pod's interface", async function (this: Flatnet) {
  ends.set(this, await otherEnds(this.bench, this.scene.pods))
})

When('one container of every pod restarts', async function (this: Flatnet) {
  restarted.set(this, await restartOne(this.own(), this.scene.pods, 'sibling'))
  this.scene.answers = 'every container of the pod'
  await this.converse(toOwnNode(this, this.scene.pods))
})

Then("the virtual IP is the Service's alone", function (this: Flatnet) {
  claimItsOwn(this.service, this.topology.namespaces.main, holders.of(this).all)
})

Then('the virtual IP lies in a Service range', function (this: Flatnet) {
  claimInRange(this.service, holders.of(this).ranges)
})

Then("no pod's and no node's address lies in a Service range", function (this: Flatnet) {
  claimOutOfRange(holders.of(this).all, holders.of(this).ranges)
})

Then('no two pod ranges overlap', function (this: Flatnet) {
  claimDisjoint(snapshot.of(this).allNodes)
})

Then("every pod's address lies in its node's pod range", function (this: Flatnet) {
  const { pods, allNodes } = snapshot.of(this)
  const own = pods.filter(({ uid }) => this.scene.pods.some((pod) => pod.uid === uid))
  claimWithin(own, allNodes)
})

Then('each pod has one address of each family', function (this: Flatnet) {
  // On the host's network a pod has its node's addresses, of which there may be more.
  const own = this.scene.pods.map(({ name, node }) => `pod ${name} on ${node}`)
  const pods = families.of(this).pods.filter(({ who }) => own.includes(who))
  claimEachFamily(pods, { one: true })
})

Then('each node has an address of each family', function (this: Flatnet) {
  claimEachFamily(families.of(this).nodes, { one: false })
})

Then("each pod's status.podIP is the first of its status.podIPs", function (this: Flatnet) {
  claimFirst(families.of(this).pods)
})

Then('the EndpointSlices name every backend with its address, node and pod, as ready', function (this: Flatnet) {
  claimEndpoints(this.service, slices.of(this), this.scene.pods)
})

Then('the EndpointSlices name no other address', function (this: Flatnet) {
  claimNobodyElse(this.service, slices.of(this), this.scene.pods)
})

Then("it is a veth whose other end is the pod's interface", function (this: Flatnet) {
  claimVeth(ends.of(this))
})

Then('the pod has the address that it had before', function (this: Flatnet) {
  claimSameAddress(this.scene.pods, restarted.of(this))
})
