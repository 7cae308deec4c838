import { Given, Then, When } from '@cucumber/cucumber'
import { claimAnswered } from '../fixtures/flows/claims.ts'
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
