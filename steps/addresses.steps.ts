import type { V1EndpointSlice } from '@kubernetes/client-node'
import { serviceRanges } from '../cluster/site/service-needs.ts'
import { snapshotOf } from '../cluster/snapshot.ts'
import type { PortRange } from '../probe/protocol.ts'
import {
  type Addresses,
  claimEachFamily,
  claimFirst,
  nodeAddresses,
  podAddresses,
} from '../promises/dual-stack/families.ts'
import { claimPortsInRange, nodePortRange } from '../promises/outside/node-port-range.ts'
import { claimDisjoint, claimWithin, ranges } from '../promises/pods/ranges.ts'
import { claimOneRoute, nodesWithPods, type Routes, routesBetween } from '../promises/pods/routes.ts'
import { claimVeth, otherEnds, type VethEnd } from '../promises/pods/veth.ts'
import {
  claimInRange,
  claimItsOwn,
  claimOutOfRange,
  everyAddress,
  type Holder,
} from '../promises/services/addresses.ts'
import { claimEndpoints, claimNoOtherAddress, slicesOf } from '../promises/services/endpoints.ts'
import { Then, When } from './keywords.ts'
import { slot } from './slot.ts'
import { table, words } from './words.ts'
import type { Flatnet } from './world.ts'

const holders = slot<{ all: Holder[]; ranges: string[] }>('list of all addresses')
const families = slot<Record<'pods' | 'nodes', Addresses[]>>('list of addresses by family')
const snapshot = slot<Awaited<ReturnType<typeof snapshotOf>>>('look at nodes and pods')
const slices = slot<V1EndpointSlice[]>('EndpointSlices')
const routes = slot<Routes[]>('routes of nodes')
const portRange = slot<PortRange>('range of node ports')
const ends = slot<VethEnd[]>('ends of interfaces')

const OBJECTS: Readonly<Record<string, (world: Flatnet) => Promise<void>>> = {
  'the addresses of all pods, nodes and Services': async (world) => {
    const [all, known] = await Promise.all([everyAddress(world.bench), world.bench.api().then(serviceRanges)])
    holders.set(world, { all, ranges: typeof known === 'string' ? [] : known })
  },
  'the addresses of pods and nodes': async (world) =>
    families.set(world, { pods: await podAddresses(world.bench), nodes: nodeAddresses(world.topology) }),
  "the nodes' pod ranges": async (world) => {
    const now = await snapshotOf(world.bench)
    snapshot.set(world, now)
    world.observe('pod ranges', ranges(now.allNodes))
  },
  'the range of node ports': async (world) => portRange.set(world, await nodePortRange(world.own())),
  "the Service's EndpointSlices": async (world) =>
    slices.set(world, await slicesOf(world.bench, world.service, world.scene.pods.length)),
  "its routes to the other nodes' pod ranges": async (world) => {
    const { cluster, nodes } = world.topology
    routes.set(world, await routesBetween(cluster, nodes, nodesWithPods(world.topology)))
  },
  "the other end of the pod's interface": async (world) =>
    ends.set(world, await otherEnds(world.bench, world.scene.pods)),
}

/** The claims about the ranges of addresses. */
const INSIDE: Readonly<Record<string, (world: Flatnet) => void>> = {
  'the virtual IP lies in a Service range': (world) => claimInRange(world.service, holders.of(world).ranges),
  "no pod's and no node's address lies in a Service range": (world) =>
    claimOutOfRange(holders.of(world).all, holders.of(world).ranges),
  "every pod's address lies in its node's pod range": (world) => {
    const { pods, allNodes } = snapshot.of(world)
    const own = pods.filter(({ uid }) => world.scene.pods.some((pod) => pod.uid === uid))
    claimWithin(own, allNodes)
  },
  'every allocated node port lies in the range of node ports': (world) =>
    claimPortsInRange(world.scene.subjects, portRange.of(world)),
}

/** The claims about addresses of each IP family. A host-network pod has its node's addresses, which may be more than one. */
const FAMILIES: Readonly<Record<string, (world: Flatnet) => void>> = {
  'pod has one address': (world) => {
    const own = world.scene.pods.map(({ name, node }) => `pod ${name} on ${node}`)
    const pods = families.of(world).pods.filter(({ who }) => own.includes(who))
    claimEachFamily(pods, { one: true })
  },
  'node has an address': (world) => claimEachFamily(families.of(world).nodes, { one: false }),
}

/** The claims about the nodes' pod ranges as wholes. */
const RANGES: Readonly<Record<string, (world: Flatnet) => void>> = {
  'no two pod ranges overlap': (world) => claimDisjoint(snapshot.of(world).allNodes),
  'each node has one route for the whole pod range of another node': (world) => claimOneRoute(routes.of(world)),
}

table('objects', OBJECTS)
table('ranges', RANGES)
table('familyHolder', FAMILIES)
words('holder', [
  'the virtual IP',
  "no pod's and no node's address",
  "every pod's address",
  'every allocated node port',
])
words('range', ['a Service range', "its node's pod range", 'the range of node ports'])

When('the API/node is asked for {objects}', function (this: Flatnet, ask: (typeof OBJECTS)[string]) {
  return ask(this)
})

Then('{holder} lies in {range}', function (this: Flatnet, holder: string, range: string) {
  const claim = INSIDE[`${holder} lies in ${range}`]
  if (!claim) throw new Error(`no claim says that ${holder} lies in ${range}`)
  claim(this)
})

Then("the virtual IP is the Service's alone", function (this: Flatnet) {
  claimItsOwn(this.service, this.topology.namespaces.main, holders.of(this).all)
})

Then('{ranges}', function (this: Flatnet, claim: (typeof RANGES)[string]) {
  claim(this)
})

Then('each {familyHolder} of each family', function (this: Flatnet, claim: (typeof FAMILIES)[string]) {
  claim(this)
})

Then("each pod's status.podIP is the first of its status.podIPs", function (this: Flatnet) {
  claimFirst(families.of(this).pods)
})

Then(
  'the EndpointSlices name every backend with its address, node and pod, as ready, and no other address',
  function (this: Flatnet) {
    claimEndpoints(this.service, slices.of(this), this.scene.pods)
    claimNoOtherAddress(this.service, slices.of(this), this.scene.pods)
  },
)

Then("it is a veth whose other end is the pod's interface", function (this: Flatnet) {
  claimVeth(ends.of(this))
})
