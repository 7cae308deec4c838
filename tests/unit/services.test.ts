import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Service } from '@kubernetes/client-node'
import type { Observed } from '../../contract/conversation.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import { claimEachFamily, claimFamilies, claimFirst } from '../../promises/dual-stack/families.ts'
import { claimInRange, claimInvalid, claimItsOwn, claimOutOfRange } from '../../promises/services/addresses.ts'
import { claimMoved } from '../../promises/services/affinity.ts'
import { claimEndpoints, claimNoOtherAddress } from '../../promises/services/endpoints.ts'
import { claimRefused } from '../../promises/services/refusal.ts'
import { claimEven, claimEveryBackend, claimOneEach } from '../../promises/services/spread.ts'
import type { Tally } from '../../promises/services/tally.ts'
import { answeredOn, claimRewritten } from '../../promises/services/translation.ts'
import { fakeTopology, flow, probeOf } from './fake.ts'

const topology = fakeTopology(2)
const client = probeOf(topology, 'client', 0)
const servers = [probeOf(topology, 'server', 0), probeOf(topology, 'server', 1)] as const
const pods = topology.pods.filter(({ role }) => role === 'server')
const service = { name: 'web', uid: 'u', ip: '10.96.0.9', ips: ['10.96.0.9'] }
const to = { label: 'Service web', node: 'the Service', by: servers.map(({ uid }) => ({ uid })) }

const breaks = (claim: () => void, words: RegExp) =>
  assert.throws(claim, (error) => error instanceof NonConformance && words.test(error.message))

/** A conversation with the virtual IP that this backend answered. */
const through = (backend: 0 | 1, change: (observed: Observed) => void = () => {}): Observed => {
  const observed = { ...flow(client, servers[backend]), to }
  observed.outcome.dial.host = service.ip
  observed.outcome.client = { local: { ip: client.ips[0] ?? '', port: 40_000 }, remote: { ip: service.ip, port: 7000 } }
  change(observed)
  return observed
}

const tallied = (...counts: number[]): Tally => ({
  from: client,
  to,
  dial: through(0).outcome.dial,
  groups: counts.flatMap((count, i) => (count > 0 ? [{ count, example: through(i as 0 | 1).outcome }] : [])),
})

describe('who answers for a Service', () => {
  it('is every backend, and evenly where that is claimed', () => {
    claimEveryBackend([tallied(10, 10)], topology)
    breaks(
      () => claimEveryBackend([tallied(20, 0)], topology),
      /from client-node-1 on node-1 .*never answered by server-node-2/,
    )
    claimEven([tallied(450, 450)], topology)
    breaks(() => claimEven([tallied(450, 450), tallied(600, 300)], topology), /600 from server-node-1 on node-1/)
  })

  it('is one backend where the Service has affinity', () => {
    claimOneEach([tallied(20, 0)], topology)
    breaks(
      () => claimOneEach([tallied(19, 1)], topology),
      /affinity ClientIP, answers: 19 from server-node-1 on node-1/,
    )
    const last = [through(0)]
    claimMoved([{ from: client, to, trials: 21, moved: 3 }], last, 3)
    breaks(
      () => claimMoved([{ from: client, to, trials: 21, moved: 0 }], last, 3),
      /client-node-1 on node-1 .* in 21 of 21 tries/,
    )
    assert.throws(() => claimMoved([], last, 3), /no client/)
    const refused = through(0, ({ outcome }) => {
      delete outcome.server
      Object.assign(outcome, { failure: 'refused', detail: '' })
    })
    breaks(() => claimMoved([{ from: client, to, trials: 0, moved: 0 }], [refused], 3), /refused/)
  })

  it('is nobody without endpoints, at once', () => {
    const failed = (failure: 'refused' | 'timeout') =>
      through(0, ({ outcome }) => {
        delete outcome.server
        Object.assign(outcome, { failure, detail: '' })
      })
    const took = (connectMs: number) => through(1, ({ outcome }) => Object.assign(outcome, { connectMs }))
    claimRefused([failed('refused')], [took(3)], 1000, 'iptables')
    breaks(() => claimRefused([failed('timeout')], [took(3)], 1000, 'iptables'), /timeout/)
    assert.throws(() => claimRefused([failed('timeout')], [took(900)], 1000, 'iptables'), Trouble)
    // Only kube-proxy is known to refuse. A backend that answers is wrong behind any proxy.
    assert.throws(() => claimRefused([failed('refused'), failed('timeout')], [took(3)], 1000, 'unknown'), Trouble)
    breaks(() => claimRefused([through(0), failed('timeout')], [took(3)], 1000, 'unknown'), /no server should answer/)
  })
})

describe('a packet to a virtual IP', () => {
  it('arrives at the backend’s own address and target port, and its answer comes from the virtual IP', () => {
    const target = { tcp: 7000, udp: 7000 }
    claimRewritten([through(0)], pods, target)
    breaks(() => claimRewritten([through(0)], pods, { tcp: 7001, udp: 7000 }), /target port is 7001/)
    const naked = through(0, ({ outcome }) => Object.assign(outcome.client?.remote ?? {}, { ip: servers[0].ips[0] }))
    breaks(() => claimRewritten([naked], pods, target), /answered from 10\.244\.1\.11:7000/)
  })

  it('meets backends on the node of its client and on others', () => {
    assert.equal(answeredOn([through(0), through(1)], 'another node', topology).length, 1)
    breaks(
      () => answeredOn([through(0)], 'another node', topology),
      /never sent by node-1 to a backend on another node/,
    )
  })
})

describe('addresses of Services', () => {
  const holder = (ip: string, kind: 'pod' | 'node' | 'Service', who: string) => ({ ip, kind, who })
  const own = holder('10.96.0.9', 'Service', 'main/web')
  it('are nobody else’s, and in their range', () => {
    claimItsOwn(service, 'main', [own, holder('10.96.0.8', 'Service', 'main/other')])
    breaks(() => claimItsOwn(service, 'main', [own, holder('10.96.0.9', 'pod', 'p on n')]), /address of pod p on n/)
    breaks(() => claimItsOwn(service, 'main', [own, holder('10.96.0.9', 'Service', 'x/y')]), /Service x\/y/)
    assert.throws(() => claimItsOwn(service, 'main', []), Trouble)
    claimInRange(service, ['10.96.0.0/16'])
    breaks(() => claimInRange(service, ['10.97.0.0/16']), /outside of 10\.97/)
    breaks(() => claimOutOfRange([holder('10.96.1.1', 'node', 'n')], ['10.96.0.0/16']), /node n has 10\.96\.1\.1/)
  })

  it('that cannot be had are refused as invalid, and a missing right is none of the network’s', () => {
    const asking = { asked: '192.0.2.1', got: ({ spec }: V1Service) => spec?.clusterIP ?? '' }
    const given = { given: { spec: { clusterIP: '192.0.2.1' } } }
    claimInvalid({ ...asking, reply: { code: 422, words: 'Invalid' } })
    breaks(() => claimInvalid({ ...asking, reply: given }), /was given 192\.0\.2\.1/)
    assert.throws(() => claimInvalid({ ...asking, reply: { code: 403, words: 'exceeded quota' } }), Trouble)
  })
})

describe('EndpointSlices', () => {
  const endpoint = (i: 0 | 1, more: object = {}) => ({
    addresses: [servers[i].ips[0] ?? ''],
    nodeName: servers[i].node,
    targetRef: { kind: 'Pod', name: servers[i].pod, uid: servers[i].uid },
    conditions: { ready: true },
    ...more,
  })
  const slices = (...endpoints: object[]) =>
    endpoints.map((each) => ({ addressType: 'IPv4', endpoints: [each] })) as Parameters<typeof claimEndpoints>[1]

  it('name the backends as they are, and nobody else', () => {
    claimEndpoints(service, slices(endpoint(0), endpoint(1)), pods)
    claimNoOtherAddress(service, slices(endpoint(0), endpoint(1)), pods)
    const wrong = (more: object) => slices(endpoint(0), endpoint(1, more))
    breaks(() => claimEndpoints(service, slices(endpoint(0)), pods), /leave out 10\.244\.2\.11 of pod server-node-2/)
    breaks(() => claimEndpoints(service, wrong({ nodeName: 'node-9' }), pods), /with node node-9/)
    breaks(() => claimEndpoints(service, wrong({ conditions: { ready: false } }), pods), /ready=false/)
    breaks(
      () => claimEndpoints(service, wrong({ targetRef: { kind: 'Pod', name: 'x', uid: 'y' } }), pods),
      /with target Pod x/,
    )
    breaks(
      () => claimNoOtherAddress(service, wrong({ addresses: ['10.244.9.9'] }), pods),
      /10\.244\.9\.9, which no backend has/,
    )
  })
})

describe('families', () => {
  it('are one address each, the first of which is podIP, in the order that was asked for', () => {
    const both = { who: 'pod p', first: '10.0.0.1', all: ['10.0.0.1', 'fd00::1'] }
    claimEachFamily([both], { one: true })
    claimFirst([both])
    breaks(() => claimEachFamily([{ ...both, all: ['10.0.0.1'] }], { one: true }), /0 are IPv6/)
    breaks(() => claimEachFamily([{ ...both, all: [...both.all, '10.0.0.2'] }], { one: true }), /2 are IPv4/)
    breaks(() => claimFirst([{ ...both, first: 'fd00::1' }]), /its podIP is fd00::1/)
    claimFamilies(both.all, ['IPv4', 'IPv6'], 'web')
    breaks(() => claimFamilies(both.all, ['IPv6', 'IPv4'], 'web'), /asked for IPv6 and IPv4/)
  })
})
