import { Given, Then, When } from '@cucumber/cucumber'
import { NonConformance } from '../fixtures/errors.ts'
import { claimAnswered } from '../fixtures/flows/claims.ts'
import { portsOf } from '../fixtures/pods/plan.ts'
import { serviceRef } from '../fixtures/pods/refs.ts'
import { replaceBackends } from '../fixtures/replace.ts'
import { programmed, published } from '../fixtures/services.ts'
import { dials, TRIES } from './clients.ts'
import { planned } from './own.ts'
import type { Flatnet } from './world.ts'

const { tcp, udp } = portsOf(0)

Given('a client pod, and a Service with two backends of its own', async function (this: Flatnet) {
  const made = this.own()
  const generation = { 'flatnet/backend': made.name }
  this.plans = planned(made, 'old', () => ({
    labels: generation,
    containers: [{ name: 'app', ports: { tcp, udp, http: 0 } }],
  })).slice(0, 2)
  const [first] = this.plans
  if (this.plans.length === 1 && first) this.plans.push({ ...first, name: `${first.name}-b` })
  this.service = serviceRef(await made.service(`${made.name}-vip`, generation, { tcp, udp }))
  this.pods = await made.raise(this.plans)
  await published(this.bench, this.service.name, this.pods)
  await programmed(this.bench, dials(this, 'TCP', this.pods))
})

When('every backend is replaced while the clients keep talking', async function (this: Flatnet) {
  const fresh = this.plans.map((plan) => ({ ...plan, name: plan.name.replace('-old-', '-new-') }))
  this.replacement = await replaceBackends(this.own(), this.service, this.pods, fresh, (backends) =>
    dials(this, 'TCP', backends),
  )
  this.observe('backends replaced', this.replacement.summary)
})

Then('the Service has the virtual IP and the name that it had before', async function (this: Flatnet) {
  const api = await this.bench.api()
  const now = serviceRef(
    await api.core.readNamespacedService({ namespace: this.own().namespace, name: this.service.name }),
  )
  if (now.ip !== this.service.ip || now.uid !== this.service.uid) {
    const actual = `Service ${now.name} had ${this.service.ip} and has ${now.ip} after its backends were replaced`
    throw new NonConformance({ expected: 'the virtual IP stays', actual })
  }
})

Then('only the new backends answer', async function (this: Flatnet) {
  const once = dials(this, 'TCP', this.replacement.fresh)
  await this.converse(Array.from({ length: TRIES * this.pods.length }, () => once).flat())
  claimAnswered(this.observed)
})

Then('no conversation was answered by a backend that had left', function (this: Flatnet) {
  const { late } = this.replacement
  if (late) {
    const actual = `${late.backend} answered ${late.afterMs} ms after it had left the cluster`
    throw new NonConformance({ expected: 'a backend that has left answers nothing', actual, outcomes: [late.outcome] })
  }
})
