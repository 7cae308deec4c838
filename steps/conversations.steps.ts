import { Given, Then, When } from '@cucumber/cucumber'
import type { Planned } from '../contract/conversation.ts'
import type { Placement } from '../fixtures/pairs.ts'
import { familyOf } from '../probe/address.ts'
import type { Ports, Protocol } from '../probe/protocol.ts'
import {
  claimAnswered,
  claimDestinationKept,
  claimFailed,
  claimIntact,
  claimSourceKept,
  claimUntranslated,
} from '../promises/conversations/claims.ts'
import * as subjects from './pairs.ts'
import type { Address, Dialler, Payload } from './parameters.ts'
import type { Flatnet } from './world.ts'

const portFor = (ports: Ports, protocol: Protocol): number => ports[protocol.toLowerCase() as 'tcp' | 'udp' | 'http']

const loopback = (ip: string): string => (familyOf(ip) === 6 ? '::1' : '127.0.0.1')

/** Some networks treat a pair's first connection differently from those that follow. */
const twice = <T>(all: readonly T[]): T[] => all.flatMap((each) => [each, each])

/** Port 0 would refuse as well, and prove nothing. */
function closedPort(ports: Ports | undefined): number {
  if (ports?.loopback === undefined) throw new Error('the server has no port on localhost alone')
  return ports.loopback
}

/** Every subject's conversations by one protocol, to its own address or to localhost; what carries no load is opened twice. */
function plan(world: Flatnet, protocol: Protocol, address: Address, bytes?: number): Planned[] {
  const ofFamily = world.subjects.filter(({ ip }) => !address.startsWith('IPv') || address === `IPv${familyOf(ip)}`)
  const subjects = bytes === undefined ? twice(ofFamily) : ofFamily
  return subjects.map(({ client, to, ip, ports }) => ({
    from: client,
    to,
    dial: {
      protocol,
      host: address === 'localhost' ? loopback(ip) : ip,
      port: portFor(ports, protocol),
      deadline: bytes === undefined ? world.limits.dial : world.limits.transfer,
      ...(bytes !== undefined && { bytes }),
    },
  }))
}

Given('a client pod, and a server pod on {placement}', function (this: Flatnet, placement: Placement) {
  this.subjects = subjects.podToPod(this.topology, placement)
})

Given('a client pod, and a server pod in another namespace', function (this: Flatnet) {
  this.subjects = subjects.podToFar(this.topology)
})

Given('a client pod, and two server pods on one node with the same port number', function (this: Flatnet) {
  this.subjects = subjects.podToTwo(this.topology)
})

Given('a client pod, and a host-network server on {placement}', function (this: Flatnet, placement: Placement) {
  this.subjects = subjects.podToHost(this.topology, placement)
})

Given('a host-network client, and a server pod on {placement}', function (this: Flatnet, placement: Placement) {
  this.subjects = subjects.hostToPod(this.topology, placement)
})

Given('a container, and its sibling containers', function (this: Flatnet) {
  this.subjects = subjects.containerToSiblings(this.topology)
})

Given('a client pod, and an observer outside the cluster', function (this: Flatnet) {
  this.subjects = subjects.podToObserver(this.topology)
})

Given('{dialler}, and a server with a port bound to localhost alone', function (this: Flatnet, dialler: Dialler) {
  this.subjects =
    dialler === 'sibling' ? subjects.siblingToLoopback(this.topology) : subjects.podToPod(this.topology, dialler)
})

When(
  'the client opens a/an {protocol} conversation with {address}',
  async function (this: Flatnet, protocol: Protocol, address: Address) {
    await this.converse(plan(this, protocol, address))
  },
)

When(
  'the client opens a TCP conversation with that port on {address}',
  async function (this: Flatnet, address: Address) {
    const closed = plan(this, 'TCP', address).map((each, i) => ({
      ...each,
      dial: { ...each.dial, port: closedPort(twice(this.subjects)[i]?.ports) },
    }))
    await this.converse(closed, plan(this, 'TCP', 'its own'))
  },
)

When("the client sends {payload} to the server's pod IP", async function (this: Flatnet, { protocol, bytes }: Payload) {
  await this.converse(plan(this, protocol, 'its own', bytes))
})

Then('the server answers', function (this: Flatnet) {
  claimAnswered(this.observed)
})

Then('the conversation is answered', function (this: Flatnet) {
  claimAnswered(this.observed)
})

Then('the conversation is refused', function (this: Flatnet) {
  claimFailed(this.observed, ['refused'])
})

Then('an open port of the same server answers at the same moment', function (this: Flatnet) {
  claimAnswered(this.controls)
})

Then("the server sees the client's pod IP as its peer", function (this: Flatnet) {
  claimSourceKept(this.observed, this.topology)
})

Then('no address or port was translated on the way', function (this: Flatnet) {
  claimUntranslated(this.observed, this.topology)
})

Then('the destination was not translated', function (this: Flatnet) {
  claimDestinationKept(this.observed, this.topology)
})

Then('the bytes arrive intact', function (this: Flatnet) {
  claimIntact(this.observed)
})
