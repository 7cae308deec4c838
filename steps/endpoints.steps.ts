import { Given, Then, When } from '@cucumber/cucumber'
import { isCode } from '../cluster/kube/trouble.ts'
import { portsOf } from '../cluster/pods/plan.ts'
import { familyOf } from '../probe/address.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { claimEndpoints, claimNobodyElse, slicesOf } from '../promises/services/endpoints.ts'
import { programmed, settled } from '../promises/services/programming.ts'
import { backendsOf, clientsOf, conversations, often, serve } from './service-clients.ts'
import type { Flatnet } from './world.ts'

const { tcp, udp } = portsOf(0)

When("the Service's EndpointSlices are read", async function (this: Flatnet) {
  this.slices = await slicesOf(this.bench, this.service, this.pods.length)
})

Then('they name every backend with its address, node and pod, as ready', function (this: Flatnet) {
  claimEndpoints(this.service, this.slices, this.pods)
})

Then('they name nobody else', function (this: Flatnet) {
  claimNobodyElse(this.service, this.slices, this.pods)
})

Given('a client pod, and a Service with two EndpointSlices made by hand', async function (this: Flatnet) {
  const made = this.own()
  this.pods = backendsOf(this.topology).pods.slice(0, 2)
  // Its ports are not its backends', so that nothing but the slices leads there.
  this.service = await serve(this, 'by-hand', {
    ports: [
      { name: 'tcp', protocol: 'TCP', port: tcp },
      { name: 'udp', protocol: 'UDP', port: udp },
    ],
  })
  await Promise.all(
    this.pods.flatMap((pod, i) =>
      this.service.ips.map((vip) => {
        const family = familyOf(vip)
        const addresses = pod.containers[0]?.ips.filter((ip) => familyOf(ip) === family) ?? []
        return made.slice(`${made.name}-${i + 1}-ipv${family}`, this.service, {
          addressType: `IPv${family}`,
          endpoints: [{ addresses, conditions: { ready: true }, nodeName: pod.node }],
          ports: [
            { name: 'tcp', protocol: 'TCP', port: tcp },
            { name: 'udp', protocol: 'UDP', port: udp },
          ],
        })
      }),
    ),
  )
  this.subjects = clientsOf(this, this.pods)
})

When('one of the EndpointSlices is deleted', async function (this: Flatnet) {
  const made = this.own()
  const both = (['TCP', 'UDP'] as const).flatMap((protocol) => conversations(this, this.subjects, protocol))
  await programmed(this.bench, both)
  const api = await this.bench.api()
  for (const { metadata } of await slicesOf(this.bench, this.service, 1)) {
    const { name = '' } = metadata ?? {}
    if (!name.startsWith(`${made.name}-1-`)) continue
    await api.discovery.deleteNamespacedEndpointSlice({ namespace: made.namespace, name }).catch((error: unknown) => {
      if (!isCode(error, 404)) throw error
    })
  }
})

Then('only the backends that are left answer', async function (this: Flatnet) {
  const left = (['TCP', 'UDP'] as const).flatMap((protocol) =>
    conversations(this, clientsOf(this, this.pods.slice(1)), protocol),
  )
  await settled(this.bench, left)
  await this.converse([...often(left), ...often(left)])
  claimAnswered(this.observed)
})
