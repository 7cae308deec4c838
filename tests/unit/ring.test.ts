import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { containerOf, targetOf } from '../../contract/conversation.ts'
import type { StandingPod, Topology } from '../../contract/topology.ts'
import { pairs } from '../../fixtures/pairs.ts'
import { everyClientProbe } from '../../fixtures/service-clients.ts'
import { truthTable } from '../../promises/pods/truth-table.ts'
import { fakeTopology, flow } from './fake.ts'

/** A cluster of `count` nodes, of which the first, the sixth and so on have all pods, and the others one pod in the ring. */
function withRing(count: number): Topology {
  const whole = fakeTopology(count)
  const isSampled = (node: string) => (Number(node.slice(5)) - 1) % 5 === 0
  const ring = fakeTopology(count, ['ring']).pods.filter(({ node }) => !isSampled(node))
  const pods = [...whole.pods.filter(({ node }) => isSampled(node)), ...ring]
  return { ...whole, nodes: whole.nodes.filter(({ name }) => isSampled(name)), pods }
}

describe('nodes in the ring', () => {
  const topology = withRing(20)
  const between = pairs(topology, 'client', 'server', 'another node')

  it('talk to their neighbours in the list, in both directions, as often as all others', () => {
    const { neighbours } = topology.settings.pods
    for (const { name } of topology.allNodes)
      for (const end of ['client', 'server'] as const)
        assert.equal(between.filter((pair) => pair[end].node === name).length, neighbours, `${name} as ${end}`)
    const next = between.find(({ client, server }) => client.node === 'node-2' && server.node === 'node-3')
    assert.deepEqual([next?.client.role, next?.server.role], ['ring', 'ring'])
    const sampled = between.find(({ client, server }) => client.node === 'node-2' && server.node === 'node-1')
    assert.equal(sampled?.server.role, 'server')
  })

  it('have one pod, so they are in no pair on the same node, and in none of other roles', () => {
    const same = pairs(topology, 'client', 'server', 'the same node').map(({ client }) => client.node)
    assert.deepEqual(same, ['node-1', 'node-6', 'node-11', 'node-16'])
    const hosts = fakeTopology(20, ['host']).pods.filter(({ node }) => same.includes(node))
    const withHosts = { ...topology, pods: [...topology.pods, ...hosts] }
    assert.equal(pairs(withHosts, 'client', 'host', 'another node').length, 4 * 3)
  })

  it('are clients of Services and of DNS', () => {
    const nodes = everyClientProbe(topology).map(({ node }) => node)
    assert.deepEqual(nodes.sort(), topology.allNodes.map(({ name }) => name).sort())
  })

  it('are in the truth table, which names only the holes of many nodes', () => {
    const talk = ({ client, server }: { client: StandingPod; server: StandingPod }, works = true) => {
      const [from, to] = [containerOf(client), containerOf(server)]
      const observed = flow(from, to, (outcome) => {
        if (works) return
        delete outcome.server
        Object.assign(outcome, { failure: 'timeout' })
      })
      return { ...observed, to: targetOf(to) }
    }
    const all = between.map((pair, i) => talk(pair, i !== 4))
    const hole = between[4]
    assert.deepEqual(truthTable(all, topology).split('\n'), [
      `${hole?.client.node} to ${hole?.server.node}: TCP timeout`,
      '79 of 80 ways between 20 nodes are ok',
      '80 conversations, each way, each over TCP and UDP',
    ])
  })
})
