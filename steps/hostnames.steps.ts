import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf } from '../cluster/pods/plan.ts'
import { NonConformance } from '../contract/errors.ts'
import type { ProbeRef } from '../contract/topology.ts'
import { zoneOf } from '../contract/zone.ts'
import { claimLeads } from '../promises/names/lookup.ts'
import { clients, probes } from './dns.ts'
import { planned } from './one-pod-per-node.ts'
import { type Flatnet, MEDIA } from './world.ts'

const SUBDOMAIN = 'fq'
/** A longer name is none that a kernel takes for a hostname. */
const LONGEST = 64
const ALIASES = { 'first.flatnet.test': 10, 'second.flatnet.test': 10, 'third.flatnet.test': 11 }
const aliasIp = (client: ProbeRef, last: number) =>
  client.ips[0]?.includes(':') ? `2001:db8::${last}` : `192.0.2.${last}`

const qualified = (pod: { hostname?: string | undefined; namespace: string }, zone: string) =>
  `${pod.hostname}.${SUBDOMAIN}.${pod.namespace}.svc${zone && `.${zone}`}`

Given('a pod with a fully qualified hostname and aliases of hosts on every node', async function (this: Flatnet) {
  const made = this.own()
  const [client] = clients(this)
  if (!client) throw new Error('this run has no client pods')
  const zone = zoneOf((await this.bench.ask(client, 'facts', {})).resolver.search) ?? ''
  if (qualified({ hostname: 'h-99', namespace: made.namespace }, zone).length > LONGEST) {
    this.attach(`names of pods in namespace ${made.namespace} are longer than a hostname may be`, MEDIA.because)
    return 'skipped'
  }
  const ips = [...new Set(Object.values(ALIASES))]
  const hostAliases = ips.map((last) => ({
    ip: aliasIp(client, last),
    hostnames: Object.entries(ALIASES).flatMap(([name, each]) => (each === last ? [name] : [])),
  }))
  const resolution = { setHostnameAsFQDN: true, subdomain: SUBDOMAIN, hostAliases }
  const containers = [{ name: 'app', ports: portsOf(0) }]
  const plans = planned(made, 'fqdn', () => ({ resolution, containers }))
  this.pods = await made.raise(plans.map((plan, i) => ({ ...plan, hostname: `h-${i + 1}` })))
  return undefined
})

When('it looks up its own hostname and its aliases', async function (this: Flatnet) {
  const answers = await Promise.all(
    probes(this).map(async (client) => {
      const { hostname } = await this.bench.ask(client, 'facts', {})
      const names = [hostname, ...Object.keys(ALIASES)]
      const found = await this.bench.ask(client, 'lookup', { names, deadline: this.limits.dial })
      return found.map((lookup) => ({ ...lookup, client }))
    }),
  )
  this.lookups = answers.flat()
})

Then('its hostname is its fully qualified name, and leads to its own address', async function (this: Flatnet) {
  for (const pod of this.pods) {
    const [client] = pod.containers
    if (!client) continue
    const { hostname, resolver } = await this.bench.ask(client, 'facts', {})
    const wanted = qualified(pod, zoneOf(resolver.search) ?? '')
    if (hostname !== wanted && !(zoneOf(resolver.search) === undefined && hostname.startsWith(wanted))) {
      const actual = `pod ${pod.name} on ${pod.node} has the hostname ${hostname}; setHostnameAsFQDN makes it ${wanted}`
      throw new NonConformance({ expected: 'the hostname is the fully qualified name', actual })
    }
    const own = this.lookups.filter(({ client: { uid }, name }) => uid === pod.uid && name === hostname)
    claimLeads(own, client.ips, 'the pod’s own address')
  }
})

Then('every alias leads to the address that its specification gives', function (this: Flatnet) {
  for (const [alias, last] of Object.entries(ALIASES)) {
    const found = this.lookups.filter(({ name }) => name === alias)
    for (const each of found) claimLeads([each], [aliasIp(each.client, last)], 'the address of the pod’s hostAliases')
    if (found.length !== this.pods.length) throw new Error(`${alias} was looked up by ${found.length} pods`)
  }
})
