import { Given, Then, When } from '@cucumber/cucumber'
import { containerOf, targetOf } from '../contract/conversation.ts'
import { NonConformance } from '../contract/errors.ts'
import { pairs } from '../fixtures/pairs.ts'
import { whose } from '../promises/conversations/address-owner.ts'
import { claimAnswered } from '../promises/conversations/claims.ts'
import { claimEgress } from '../promises/egress/masquerade.ts'
import { truthTable } from '../promises/pods/truth-table.ts'
import { type Flatnet, MEDIA } from './world.ts'

/** Of each pair and protocol. */
const CONVERSATIONS = 4

Given('every pod of the run', function (this: Flatnet) {
  const { pods } = this.topology
  this.pods = pods.filter((pod) => pod.role !== 'host')
})

When('each opens TCP and UDP conversations with the others', async function (this: Flatnet) {
  const met = (['client', 'server'] as const).flatMap((from) =>
    (['client', 'server'] as const).flatMap((to) => pairs(this.topology, from, to, 'any node')),
  )
  const planned = met.flatMap(({ client, server }) => {
    const from = containerOf(client)
    const to = containerOf(server)
    const dial = { port: to.ports.tcp, deadline: this.limits.dial }
    return to.ips.flatMap((host) =>
      (['TCP', 'UDP'] as const).map((protocol) => ({ from, to: targetOf(to), dial: { protocol, host, ...dial } })),
    )
  })
  // One path of several that are equal may be dead: several conversations of a pair meet it.
  await this.converse(Array.from({ length: CONVERSATIONS }, () => planned).flat())
  this.attach(truthTable(this.observed, this.topology), MEDIA.table)
})

Then('the truth table has no hole', function (this: Flatnet) {
  claimAnswered(this.observed)
})

Then('the source address that it saw is reported', function (this: Flatnet) {
  for (const { from, to, outcome } of this.observed) {
    const ip = outcome.server?.peer.ip ?? ''
    this.observe('source address seen', {
      from: from.node,
      to: to.node,
      protocol: outcome.dial.protocol,
      ip,
      is: whose(ip, this.topology).words,
    })
  }
})

Then('the client and the server name the client by the same address', async function (this: Flatnet) {
  claimAnswered(this.observed)
  for (const { from, outcome } of this.observed) {
    const facts = await this.bench.ask(from, 'facts', {})
    const peer = outcome.server?.peer.ip ?? ''
    const names = {
      'its interfaces': facts.addresses,
      'its socket': [outcome.client?.local.ip],
      'its downward API': [facts.downward.podIP, ...facts.downward.podIPs],
    }
    const odd = Object.entries(names).find(([, addresses]) => !addresses.includes(peer))
    if (!odd) continue
    throw new NonConformance({
      expected: 'both ends name the client by the same address',
      actual: `pod ${from.pod} on ${from.node}: its peer calls it ${peer} (${whose(peer, this.topology).words}), ${odd[0]} say ${odd[1].join(', ')}`,
      outcomes: [outcome],
    })
  }
})

When('the client publishes the address of its interface, and the server calls it back', async function (this: Flatnet) {
  const planned = await Promise.all(
    this.subjects.map(async ({ client, to }) => {
      const published = (await this.bench.ask(client, 'facts', {})).addresses.find(
        (ip) => ip.includes(':') === client.ips[0]?.includes(':'),
      )
      const server = this.topology.pods.flatMap((pod) => pod.containers).find(({ uid }) => uid === to.by[0]?.uid)
      if (!server) throw new Error(`no pod of the run answers as ${to.label}`)
      const dial = {
        protocol: 'TCP' as const,
        host: published ?? '',
        port: client.ports.tcp,
        deadline: this.limits.dial,
      }
      return { from: server, to: targetOf(client), dial }
    }),
  )
  await this.converse(planned)
})

Then('the pod that published it answers', function (this: Flatnet) {
  claimAnswered(this.observed)
})

Then("the server sees the address of the client's own node", function (this: Flatnet) {
  claimEgress(this.observed, this.topology)
})

Then("it does not see the client's pod IP", function (this: Flatnet) {
  const naked = this.observed.find(({ from, outcome }) => from.ips.includes(outcome.server?.peer.ip ?? ''))
  if (naked) {
    const actual = `${naked.from.pod} on ${naked.from.node} reached the observer as ${naked.outcome.server?.peer.ip}, its own pod IP: that node does not masquerade ${naked.outcome.dial.protocol}.`
    throw new NonConformance({ expected: 'the pod IP is not seen outside', actual, outcomes: [naked.outcome] })
  }
})
