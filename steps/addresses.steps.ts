import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { serviceRef } from '../cluster/pods/refs.ts'
import { serviceRanges } from '../cluster/site/service-needs.ts'
import { NonConformance, Trouble } from '../contract/errors.ts'
import { familyOf } from '../probe/address.ts'
import {
  attempt,
  claimInRange,
  claimInvalid,
  claimItsOwn,
  claimOutOfRange,
  everyAddress,
} from '../promises/services/addresses.ts'
import { programmed } from '../promises/services/programming.ts'
import { backendsOf, clientsOf, conversations, often } from './service-clients.ts'
import type { Flatnet } from './world.ts'

const ports = servicePorts(portsOf(0))

/** So often is an address tried that somebody else may take first. */
const RACES = 5

/** Kept for documentation: nobody's Services live there. */
const OUTSIDE = { 4: '192.0.2.1', 6: '2001:db8::1' }

When('the addresses of all pods, nodes and Services are listed', async function (this: Flatnet) {
  const [holders, ranges] = await Promise.all([
    everyAddress(this.bench),
    this.bench.api().then((api) => serviceRanges(api)),
  ])
  this.holders = holders
  this.ranges = typeof ranges === 'string' ? [] : ranges
})

Then("the virtual IP is the Service's alone", function (this: Flatnet) {
  claimItsOwn(this.service, this.topology.namespaces.main, this.holders)
})

Then('the virtual IP lies in a Service range', function (this: Flatnet) {
  claimInRange(this.service, this.ranges)
})

Then("no pod's and no node's address does", function (this: Flatnet) {
  claimOutOfRange(this.holders, this.ranges)
})

Given('a client pod, and a virtual IP that a Service has given back', async function (this: Flatnet) {
  this.pods = backendsOf(this.topology).pods
  this.address = await givenBack(this)
})

/** An address that the API gave to a Service, which is gone again. */
async function givenBack(world: Flatnet): Promise<string> {
  const made = world.own()
  const { ip, name } = serviceRef(
    await made.serve(`${made.name}-before`, { ports, selector: { 'flatnet/backend': 'nobody' } }),
  )
  const api = await world.bench.api()
  await api.core.deleteNamespacedService({ namespace: made.namespace, name })
  return ip
}

When('another Service asks for this address', async function (this: Flatnet) {
  const { selector } = backendsOf(this.topology)
  const made = this.own()
  // Somebody else's Service may be given it first, by chance.
  for (let race = 1; race <= RACES; race++) {
    this.reply = await attempt(made.ask(`${made.name}-chosen`, { ports, selector, clusterIP: this.address }))
    if ('given' in this.reply || !/allocated/.test(this.reply.words)) return
    this.address = await givenBack(this)
  }
  throw new Trouble(`${RACES} virtual IPs were taken by others before they could be asked for`)
})

Then('the Service has it', async function (this: Flatnet) {
  const { reply } = this
  if ('code' in reply) {
    if (reply.code !== 422) throw new Trouble(`could not create a Service: ${reply.words}`)
    const actual = `a Service that asked for ${this.address}, which was free, was refused with ${reply.code}: ${reply.words}`
    throw new NonConformance({ expected: 'the chosen virtual IP is given', actual })
  }
  this.service = serviceRef(reply.given)
  if (this.service.ip !== this.address) {
    const actual = `a Service that asked for ${this.address} was given ${this.service.ip}`
    throw new NonConformance({ expected: 'the chosen virtual IP is given', actual })
  }
  const once = (['TCP', 'UDP'] as const).flatMap((protocol) =>
    conversations(this, clientsOf(this, this.pods), protocol),
  )
  await programmed(this.bench, once)
  await this.converse(often(once))
})

When(
  /^another Service asks for (an address that a Service has|an address outside of every range)$/,
  async function (this: Flatnet, which: string) {
    const taken = which === 'an address that a Service has'
    this.address = taken ? this.service.ip : OUTSIDE[familyOf(this.service.ip)]
    const made = this.own()
    this.reply = await attempt(
      made.ask(`${made.name}-refused`, { ports, selector: { 'flatnet/backend': 'nobody' }, clusterIP: this.address }),
    )
  },
)

Then('the API refuses it as invalid', function (this: Flatnet) {
  claimInvalid(this.reply, this.address)
})
