import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { NonConformance } from '../contract/errors.ts'
import {
  claimEachFamily,
  claimFamilies,
  claimFirst,
  nodeAddresses,
  podAddresses,
} from '../promises/dual-stack/families.ts'
import { backendsOf, clientsOf, serve } from './service-clients.ts'
import type { Flatnet } from './world.ts'

When('the addresses of pods and nodes are read', async function (this: Flatnet) {
  this.addresses = { pods: await podAddresses(this.bench), nodes: nodeAddresses(this.topology) }
})

Then('each pod has one address of each family', function (this: Flatnet) {
  // On the host's network a pod has its node's addresses, of which there may be more.
  const own = this.pods.map(({ name, node }) => `pod ${name} on ${node}`)
  const pods = this.addresses.pods.filter(({ who }) => own.includes(who))
  claimEachFamily(pods, { one: true })
})

Then("each pod's status.podIP is the first of its status.podIPs", function (this: Flatnet) {
  claimFirst(this.addresses.pods)
})

Then('each node has an address of each family', function (this: Flatnet) {
  claimEachFamily(this.addresses.nodes, { one: false })
})

Then("every report has all of the pod's status.podIPs", function (this: Flatnet) {
  if (this.reports.length === 0) throw new Error('no container has reported anything')
  for (const { pod, values } of this.reports) {
    const ips = pod.containers[0]?.ips ?? []
    const odd = values.find((each) => !ips.every((ip) => each.values.includes(ip)))
    if (!odd) continue
    const actual = `pod ${pod.name} on ${pod.node}: container ${odd.container} reports ${odd.values.join(', ')}; status.podIPs are ${ips.join(', ')}`
    throw new NonConformance({ expected: 'every report has all of the pod’s addresses', actual })
  }
})

Given(
  /^a client pod, and a Service that asks for (\w+) of (IPv[46](?: and IPv[46])?)$/,
  async function (this: Flatnet, ipFamilyPolicy: string, families: string) {
    const { pods, selector } = backendsOf(this.topology)
    this.pods = pods
    this.families = families.split(' and ')
    const ports = servicePorts(portsOf(0))
    this.service = await serve(this, 'families', { selector, ports, ipFamilyPolicy, ipFamilies: this.families })
    this.subjects = clientsOf(this, pods)
  },
)

Then('the virtual IPs are of these families, in this order', function (this: Flatnet) {
  claimFamilies(this.service.ips, this.families, this.service.name)
})
