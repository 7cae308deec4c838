import { Given, Then, When } from '@cucumber/cucumber'
import { portsOf, servicePorts } from '../cluster/pods/plan.ts'
import { serviceRef } from '../cluster/pods/refs.ts'
import { ROLE, RUN } from '../contract/labels.ts'
import { claimAnswers } from '../promises/names/ask.ts'
import { claimLeads, claimLeadsElsewhere, type Form, lookUp, nameOf } from '../promises/names/lookup.ts'
import { topicOf } from '../promises/names/questions.ts'
import { resolversOf } from '../promises/names/resolver.ts'
import { published } from '../promises/services/programming.ts'
import { askAbout, clientPods, clients, headless } from './dns.ts'
import type { Flatnet } from './world.ts'

const { tcp, udp } = portsOf(0)
const NAMED = { tcp: { protocol: 'TCP' as const, port: tcp }, udp: { protocol: 'UDP' as const, port: udp } }
const VIRTUAL_IP = "the Service's virtual IP"

/** Labels of the standing backends. */
const servers = (world: Flatnet) => ({ [RUN]: world.topology.run, [ROLE]: 'server' })

Given('a client pod, and a headless Service with a pod on every node', function (this: Flatnet) {
  this.service = headless(this)
  this.pods = clientPods(this)
  this.ports = NAMED
})

Given('a client pod, and a Service with named ports beside one whose port has no name', async function (this: Flatnet) {
  const made = this.own()
  const selector = servers(this)
  // Its own numbers, so that a port of the pods behind it is not taken for one of the Service.
  this.ports = { web: { protocol: 'TCP', port: tcp + 10 }, 'web-udp': { protocol: 'UDP', port: udp + 20 } }
  const ports = Object.entries(this.ports).map(([name, port]) => ({ name, ...port, targetPort: tcp }))
  this.service = serviceRef(await made.serve(`${made.name}-named`, { selector, ports }))
  const unnamed = [{ protocol: 'TCP', port: tcp + 10, targetPort: tcp }]
  this.twin = serviceRef(await made.serve(`${made.name}-unnamed`, { selector, ports: unnamed }))
  const pods = this.topology.pods.filter((pod) => pod.role === 'server')
  await Promise.all([this.service, this.twin].map(({ name }) => published(this.bench, name, pods)))
})

Given('a client pod, and a dual-stack Service with a headless twin', async function (this: Flatnet) {
  const made = this.own()
  const dual = { ipFamilyPolicy: 'RequireDualStack', selector: servers(this), ports: servicePorts(portsOf(0)) }
  this.service = serviceRef(await made.serve(`${made.name}-dual`, dual))
  this.twin = serviceRef(await made.serve(`${made.name}-set`, { ...dual, clusterIP: 'None' }))
  this.pods = this.topology.pods.filter((pod) => pod.role === 'server')
  await Promise.all([this.service, this.twin].map(({ name }) => published(this.bench, name, this.pods)))
})

When("the client looks up the Service's {form}", async function (this: Flatnet, form: Form) {
  const { main } = this.topology.namespaces
  const resolvers = await resolversOf(this.bench, clients(this))
  this.lookups = await lookUp(this.bench, resolvers, ({ zone }) => nameOf(form, this.service.name, main, zone))
})

When('the client asks cluster DNS for {topic}', async function (this: Flatnet, words: string) {
  this.topic = topicOf(words)
  await askAbout(this, words)
})

When(
  'the client asks cluster DNS for {topic} by {protocol}',
  async function (this: Flatnet, words: string, protocol: 'TCP' | 'UDP') {
    this.topic = topicOf(words)
    await askAbout(this, words, { over: Array<'TCP' | 'UDP'>(10).fill(protocol), stale: 'none' })
  },
)

Then("the answer is the Service's virtual IP", function (this: Flatnet) {
  claimLeads(this.lookups, this.service.ips, 'the virtual IP')
})

Then('it gets {records} and nothing else', function (this: Flatnet, words: string) {
  if (this.topic?.gives !== words) throw new Error(`what was asked gives ${this.topic?.gives}`)
  const found = this.asked.filter(({ expected }) => typeof expected.records !== 'string')
  claimAnswers(found, `DNS gives ${words}`)
})

Then('{absence} is not found at the same moment', function (this: Flatnet, words: string) {
  if (this.topic?.lacks !== words) throw new Error(`what was asked lacks ${this.topic?.lacks}`)
  const none = this.asked.filter(({ expected }) => typeof expected.records === 'string')
  claimAnswers(none, `${words} is not found`)
})

Given('a client pod in another namespace, and a Service with a backend on every node', function (this: Flatnet) {
  if (!this.topology.service) throw new Error('this run has no standing Service')
  this.service = this.topology.service
  this.pods = this.topology.pods.filter(({ namespace }) => namespace === this.topology.namespaces.far)
})

When("the client looks up the Service's bare name beside the one with its namespace", async function (this: Flatnet) {
  const { main } = this.topology.namespaces
  const far = this.pods.flatMap(({ containers }) => containers.slice(0, 1))
  const resolvers = await resolversOf(this.bench, far)
  const name = ({ zone }: { zone: string }) => nameOf('name with its namespace', this.service.name, main, zone)
  this.lookups = await lookUp(this.bench, resolvers, name, [this.service.name])
})

const isBare = (world: Flatnet) => (lookup: { name: string }) => lookup.name === world.service.name

Then('the one with its namespace is the virtual IP', function (this: Flatnet) {
  const bare = isBare(this)
  claimLeads(
    this.lookups.filter((lookup) => !bare(lookup)),
    this.service.ips,
    'the virtual IP',
  )
})

Then('the bare name is not', function (this: Flatnet) {
  claimLeadsElsewhere(this.lookups.filter(isBare(this)), this.service.ips, VIRTUAL_IP)
})
