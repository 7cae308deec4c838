import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Observed } from '../../contract/conversation.ts'
import { DRAWN, Draw } from '../../contract/draw.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import { clientsOfNodePorts, drawServicePorts, nodePortsOf } from '../../fixtures/node-port-clients.ts'
import { claimHealth, type Health } from '../../promises/outside/health.ts'
import { claimBalancerKept } from '../../promises/outside/load-balancer.ts'
import { claimPortsInRange } from '../../promises/outside/node-port-range.ts'
import { claimEntry, claimOutsideSource } from '../../promises/outside/source.ts'
import { answeredOn } from '../../promises/services/translation.ts'
import { fakeTopology, flow, probeOf } from './fake.ts'

const topology = fakeTopology(3)
const [first, second, third] = topology.nodes
const observer: ProbeRef = {
  ...probeOf(topology, 'client', 0),
  ...{ pod: 'the observer', uid: 'observer', node: 'outside', ips: ['172.18.0.99'], hostIPs: [], command: ['sh'] },
}
const server = probeOf(topology, 'server', 1)

/** A conversation from outside with a node, answered by the server on node-2, which saw this peer. */
function seen(peer: string, entry = 'node-1'): Observed {
  const all = flow(observer, server, (outcome) => Object.assign(outcome.server?.peer ?? {}, { ip: peer }))
  const by = [0, 1].map((i) => ({ uid: probeOf(topology, 'server', i).uid }))
  return { ...all, to: { ...all.to, by, node: entry } }
}

const breaks = (claim: () => unknown, message: RegExp) =>
  assert.throws(claim, (error: Error) => error instanceof NonConformance && message.test(error.message))

describe('the source of packets from outside', () => {
  it('is the client itself with the policy Local', () => {
    claimOutsideSource([seen('172.18.0.99')], topology)
    breaks(() => claimOutsideSource([seen('172.18.0.1')], topology), /172\.18\.0\.1 is the address of node-1/)
    breaks(() => claimOutsideSource([seen('10.244.1.1')], topology), /node-1’s own in its pod range/)
    assert.throws(() => claimOutsideSource([seen('203.0.113.5')], topology), Trouble)
  })

  it('is no pod and no third node if a node forwards them', () => {
    claimEntry(
      ['172.18.0.1', '10.244.1.1', '172.18.0.99', '203.0.113.5'].map((ip) => seen(ip)),
      topology,
    )
    breaks(() => claimEntry([seen('172.18.0.3')], topology), /172\.18\.0\.3 is the address of node-3/)
    breaks(() => claimEntry([seen('10.244.1.10')], topology), /the address of pod client-node-1/)
  })

  it('counts a backend as another node’s by the node that was dialled', () => {
    assert.equal(answeredOn([seen('172.18.0.1', 'node-1')], 'another node', topology).length, 1)
    breaks(() => answeredOn([seen('172.18.0.1', 'node-2')], 'another node', topology), /never sent by node-2/)
  })
})

describe('node ports', () => {
  const body = {
    spec: {
      ports: [
        { name: 'tcp', port: 1, nodePort: 30_001 },
        { name: 'udp', port: 2, nodePort: 30_002 },
      ],
    },
  }
  const service = { name: 'web', uid: 'u', ip: '10.96.0.9', ips: ['10.96.0.9'], families: [4 as const] }
  const made = { service, body, ports: nodePortsOf(body), container: 'app' }
  const subjects = clientsOfNodePorts(made, [observer], topology.nodes, () => [])

  it('are dialled on every node, in the families that client and Service share', () => {
    assert.deepEqual(
      subjects.map(({ ip }) => ip),
      [first, second, third].flatMap((node) => node?.internalIPs ?? []),
    )
    assert.deepEqual(subjects[0]?.ports, { tcp: 30_001, udp: 30_002, http: 0 })
    const six = { ...made, service: { ...service, families: [6 as const] } }
    assert.deepEqual(
      clientsOfNodePorts(six, [observer], topology.nodes, () => []),
      [],
    )
  })

  it('are dialled at the primary addresses of a node with several', () => {
    const node = { name: 'n', internalIPs: ['172.18.0.1', '192.168.0.1', 'fd00::1', 'fd01::1'], podCIDRs: [] }
    const dual = { ...made, service: { ...service, families: [4 as const, 6 as const] } }
    const client = { ...observer, ips: ['172.18.0.99', 'fd00::99'] }
    assert.deepEqual(
      clientsOfNodePorts(dual, [client], [node], () => []).map(({ ip }) => ip),
      ['172.18.0.1', 'fd00::1'],
    )
  })

  it('lie in the range of the cluster', () => {
    claimPortsInRange(subjects, { first: 30_000, last: 32_767 })
    breaks(() => claimPortsInRange(subjects, { first: 30_002, last: 32_767 }), /was given 30001/)
    assert.throws(() => claimPortsInRange([], { first: 1, last: 2 }), /no node port/)
  })

  it('have Services whose drawn ports differ from each other and from their targets', () => {
    const draw = new Draw(1, 'ports')
    const ports = draw.ports(50)
    assert.equal(new Set(ports).size, 50)
    assert.ok(ports.every((port) => port >= DRAWN.first && port <= DRAWN.last))
    const drawn = drawServicePorts({ draw }, { tcp: 12_000, udp: 12_001 })
    assert.equal(new Set([...drawn.map(({ port }) => port), 12_000, 12_001]).size, 4)
  })
})

describe('a health check', () => {
  const said = (wanted: 200 | 503, answer: Health['answer']): Health => ({
    ...{ from: observer, node: 'node-1', at: '172.18.0.1:31000', wanted, answer },
  })
  it('is 200 where a backend is, and 503 elsewhere', () => {
    claimHealth([said(200, { status: 200 }), said(503, { status: 503 })])
    breaks(() => claimHealth([said(503, { status: 200 })]), /node-1 has no backend, and .* answered 200/)
    breaks(() => claimHealth([said(200, { code: 'ECONNREFUSED', detail: 'refused' })]), /has a backend.*ECONNREFUSED/)
    assert.throws(() => claimHealth([]), /no health check/)
  })
})

describe('a load balancer', () => {
  it('keeps its addresses', () => {
    claimBalancerKept({ before: ['192.0.2.1'], after: ['192.0.2.1'] })
    breaks(() => claimBalancerKept({ before: ['192.0.2.1'], after: [] }), /had 192\.0\.2\.1, and then no address/)
    assert.throws(() => claimBalancerKept(undefined), /no load balancer/)
  })
})
