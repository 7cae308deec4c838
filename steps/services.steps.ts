import { Given, Then, When } from '@cucumber/cucumber'
import { NonConformance } from '../fixtures/errors.ts'
import { claimAnswered } from '../fixtures/flows/claims.ts'
import { type Form, lookUp, nameOf } from '../fixtures/names.ts'
import { programmed } from '../fixtures/services.ts'
import { clientsOf, dials, TRIES } from './clients.ts'
import type { Flatnet } from './world.ts'

Given('a client pod, and a Service with a backend on every node', function (this: Flatnet) {
  if (!this.topology.service) throw new Error('this run has no standing Service')
  this.service = this.topology.service
  this.pods = this.topology.pods.filter((pod) => pod.role === 'server')
  this.subjects = clientsOf(this, this.pods)
})

When(
  "the client opens {protocol} conversations with the Service's virtual IP",
  async function (this: Flatnet, protocol: 'TCP' | 'UDP') {
    const once = dials(this, protocol, this.pods)
    await programmed(this.bench, once)
    await this.converse(Array.from({ length: TRIES * this.pods.length }, () => once).flat())
  },
)

Then('a backend answers every one', function (this: Flatnet) {
  claimAnswered(this.observed)
})

When(
  /^the client looks up the Service's (full name|name with its namespace|short name)$/,
  async function (this: Flatnet, form: Form) {
    const clients = this.subjects.map(({ client }) => client)
    this.lookups = await lookUp(this.bench, clients, (facts) =>
      nameOf(form, this.service.name, this.topology.namespaces.main, facts),
    )
  },
)

Then("the answer is the Service's virtual IP", function (this: Flatnet) {
  if (this.lookups.length === 0) throw new Error('nothing was looked up')
  for (const { client, name, addresses, code } of this.lookups) {
    if (addresses.length > 0 && addresses.every((ip) => ip === this.service.ip)) continue
    const got = addresses.join(', ') || code || 'nothing'
    const actual = `${client.pod} on ${client.node} looked up ${name} and got ${got}; the virtual IP is ${this.service.ip}`
    throw new NonConformance({ expected: 'the name resolves to the virtual IP', actual })
  }
})
