import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pairs } from '../../fixtures/pairs.ts'
import { ownerOf } from '../../promises/conversations/address-owner.ts'
import { truthTable } from '../../promises/pods/truth-table.ts'
import { fakeTopology, flow, probeOf } from './fake.ts'

describe('pairs', () => {
  it('cover every ordered pair of a few nodes', () => {
    const met = pairs(fakeTopology(3), 'client', 'server', 'another node')
    assert.equal(met.length, 6)
    assert.ok(met.every(({ client, server }) => client.node !== server.node))
  })

  it('stay on the node where that is asked for', () => {
    const met = pairs(fakeTopology(3), 'client', 'server', 'the same node')
    assert.deepEqual(
      met.map(({ client, server }) => [client.node, server.node]),
      [
        ['node-1', 'node-1'],
        ['node-2', 'node-2'],
        ['node-3', 'node-3'],
      ],
    )
  })

  it('are bounded on many nodes, and still every node is client and server', () => {
    const topology = fakeTopology(20)
    const met = pairs(topology, 'client', 'server', 'another node')
    assert.equal(met.length, 20 * topology.settings.pods.neighbours)
    assert.equal(new Set(met.map(({ client }) => client.node)).size, 20)
    assert.equal(new Set(met.map(({ server }) => server.node)).size, 20)
    const ways = new Set(met.map(({ client, server }) => `${client.node} ${server.node}`))
    assert.ok(
      met.every(({ client, server }) => ways.has(`${server.node} ${client.node}`)),
      'in both directions',
    )
  })

  it('never pair a pod with itself, and are none on one node', () => {
    assert.equal(pairs(fakeTopology(1), 'client', 'client', 'any node').length, 0)
    assert.equal(pairs(fakeTopology(1), 'client', 'server', 'another node').length, 0)
  })
})

describe('the owner of an address', () => {
  const topology = fakeTopology(2)
  it('knows nodes, pods and ranges, and says so when it does not', () => {
    assert.equal(ownerOf('172.18.0.2', topology).node, 'node-2')
    assert.equal(ownerOf('10.244.1.10', topology).pod, 'client-node-1')
    assert.equal(ownerOf('10.244.2.0', topology).node, 'node-2')
    assert.match(ownerOf('203.0.113.1', topology).words, /the address of no node and no pod/)
    assert.match(ownerOf('', topology).words, /no address/)
  })
})

describe('the truth table', () => {
  const topology = fakeTopology(2)
  const cross = flow(probeOf(topology, 'client', 0), probeOf(topology, 'server', 1))
  const cells = (text: string) =>
    text
      .split('\n')
      .slice(1, 3)
      .map((line) => line.trim().split(/\s{2,}/))

  it('shows what is intact, translated, silent, and not tried', () => {
    assert.equal(cells(truthTable([cross], topology))[0]?.at(-1), 'ok')
    const nat = flow(cross.from, probeOf(topology, 'server', 1), ({ server }) => {
      if (server) server.peer.ip = '172.18.0.1'
    })
    assert.equal(cells(truthTable([cross, nat], topology))[0]?.at(-1), 'NAT')
    const silent = flow(cross.from, probeOf(topology, 'server', 1), (outcome) => {
      delete outcome.server
      outcome.failure = 'timeout'
    })
    assert.match(truthTable([cross, silent], topology), /TCP timeout/)
    assert.deepEqual(cells(truthTable([cross], topology))[1]?.slice(-2), ['-', '-'])
  })
})
