import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf } from '../cluster/pods/plan.ts'
import type { ProbeRef, Role, ServiceRef } from '../contract/topology.ts'
import { zoneOf } from '../contract/zone.ts'
import type { Facts } from '../probe/protocol.ts'
import { claimAnswers, settled } from '../promises/names/ask.ts'
import { claimConfiguration, claimDots, claimSearch } from '../promises/names/configuration.ts'
import { claimLeads, lookUp } from '../promises/names/lookup.ts'
import { claimUntouched } from '../promises/names/not-mutated.ts'
import { addresses, fqdn } from '../promises/names/questions.ts'
import { resolversOf } from '../promises/names/resolver.ts'
import { clients, probes } from './dns.ts'
import { planned } from './one-pod-per-node.ts'
import type { Flatnet } from './world.ts'

function standing(world: Flatnet): ServiceRef {
  const { service } = world.topology
  if (!service) throw new Error('this run has no standing Service')
  return service
}

When('every pod reports its resolver configuration', async function (this: Flatnet) {
  await claimUntouched(
    this.bench,
    this.pods.filter((pod) => this.topology.pods.includes(pod)),
  )
  this.configured = await Promise.all(
    probes(this).map(async (client) => ({ client, resolver: (await this.bench.ask(client, 'facts', {})).resolver })),
  )
})

Then("its search list is its namespace's domain, the Services' and the cluster's", function (this: Flatnet) {
  claimSearch(this.configured)
})

Then('names with fewer than five dots are completed first', function (this: Flatnet) {
  claimDots(this.configured)
})

When('every pod asks each nameserver that it was given', async function (this: Flatnet) {
  const { name, ips } = standing(this)
  const expect = ({ zone }: { zone: string }) =>
    addresses(fqdn(name, { namespace: this.topology.namespaces.main }, zone), ips)
  const resolvers = await resolversOf(this.bench, probes(this), true)
  this.asked = (await settled(this.bench, resolvers, { expect, over: ['UDP', 'TCP'] }, 'none')).asked
  for (const { client, server } of resolvers) this.observe('nameserver', { node: client.node, server })
})

Then("every nameserver answers with the Service's virtual IP", function (this: Flatnet) {
  claimAnswers(this.asked, 'the nameserver that a pod is given answers')
})

type Policy = 'None' | 'Default' | 'ClusterFirstWithHostNet'
const OWN_NDOTS = 2

/** What a pod brings that does without the cluster's configuration: the same server, and a list in which names of Services are found. */
async function brought(world: Flatnet): Promise<Facts['resolver']> {
  const [resolver] = await resolversOf(world.bench, clients(world))
  if (!resolver) throw new Error('this run has no client pods')
  return { nameservers: [resolver.server], search: [`svc.${resolver.zone}`, 'flatnet.test'], ndots: OWN_NDOTS }
}

Given(
  /^a pod with the DNS policy (None|Default|ClusterFirstWithHostNet) on every node$/,
  async function (this: Flatnet, dnsPolicy: Policy) {
    const hostNetwork = dnsPolicy === 'ClusterFirstWithHostNet'
    const made = this.own(hostNetwork ? this.topology.namespaces.host : undefined)
    const own = await brought(this)
    const dnsConfig = {
      nameservers: own.nameservers,
      searches: own.search,
      options: [{ name: 'ndots', value: String(own.ndots) }],
    }
    const resolution = { dnsPolicy, ...(dnsPolicy === 'None' && { dnsConfig }) }
    const containers = [{ name: 'app', ports: hostNetwork ? { tcp: 0, udp: 0, http: 0 } : portsOf(0) }]
    this.pods = await made.raise(planned(made, 'dns', () => ({ hostNetwork, resolution, containers })))
  },
)

/** What the standing pod of that role on the same node has. */
async function onNode(world: Flatnet, role: Role): Promise<(client: ProbeRef) => Facts['resolver']> {
  const pods = world.topology.pods.filter((pod) => pod.role === role)
  const known = await Promise.all(
    pods.flatMap(({ node, containers }) =>
      containers.slice(0, 1).map(async (probe) => ({ node, ...(await world.bench.ask(probe, 'facts', {})).resolver })),
    ),
  )
  return (client) => {
    const found = known.find(({ node }) => node === client.node)
    if (!found) throw new Error(`no ${role} pod stands on ${client.node}`)
    return found
  }
}

Then('its configuration is the one that it brings', async function (this: Flatnet) {
  const own = await brought(this)
  claimConfiguration(this.configured, 'the pod’s own dnsConfig', () => own)
})

Then("its configuration is the node's own", async function (this: Flatnet) {
  claimConfiguration(this.configured, 'the node’s own configuration', await onNode(this, 'host'))
})

Then("its configuration is the cluster's, for its own namespace", async function (this: Flatnet) {
  claimSearch(this.configured)
  const cluster = await onNode(this, 'client')
  claimConfiguration(this.configured, 'the cluster’s configuration', (client) => {
    const { search, ...rest } = cluster(client)
    return { ...rest, search: [`${client.namespace}.svc.${zoneOf(search) ?? ''}`, ...search.slice(1)] }
  })
})

Then('it finds the Service by its name', async function (this: Flatnet) {
  const { name, ips } = standing(this)
  const resolvers = await resolversOf(this.bench, probes(this))
  const found = await lookUp(this.bench, resolvers, () => `${name}.${this.topology.namespaces.main}`)
  claimLeads(found, ips, 'the virtual IP')
})
