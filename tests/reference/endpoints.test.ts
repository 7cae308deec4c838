import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Pod } from '../../reference/kubelet/pod.ts'
import { backendsOf, localTo, nearTo, usable } from '../../reference/services/backends.ts'
import { contentsOf } from '../../reference/services/endpoints.ts'
import { batches, changes } from '../../reference/services/nft-changes.ts'
import type { PortRules } from '../../reference/services/port-rules.ts'
import type { Service, Slice } from '../../reference/services/service-objects.ts'

const service = (spec: object = {}): Service => ({
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { app: 'web' },
    ipFamilies: ['IPv4'],
    ports: [{ name: 'http', port: 80, targetPort: 'http' }],
    ...spec,
  },
})

const pod = (
  name: string,
  containerPort = 8080,
  more: { ready?: boolean; going?: boolean; phase?: string } = {},
): Pod => ({
  metadata: { name, namespace: 'shop', labels: { app: 'web' }, ...(more.going && { deletionTimestamp: 'now' }) },
  spec: { nodeName: `node-${name}`, containers: [{ name: 'main', ports: [{ name: 'http', containerPort }] }] },
  status: {
    phase: more.phase ?? 'Running',
    podIPs: [{ ip: `10.0.0.${name}` }, { ip: `fd00::${name}` }],
    conditions: [{ type: 'Ready', status: more.ready === false ? 'False' : 'True' }],
  },
})

const contents = (spec: object, ...pods: Pod[]) => contentsOf(service(spec), pods, new Map())
const asSlices = (found: ReturnType<typeof contents>): Slice[] =>
  found.map((content) => ({ metadata: { name: 'x' }, ...content }))

suite('the endpoints of a Service', () => {
  test('pods that mean different ports by one name come in different slices', () => {
    const found = contents({}, pod('1'), pod('2', 9090), pod('3'))
    const numbers = found.map(({ ports, endpoints }) => [ports?.[0]?.port, endpoints.length])
    assert.deepEqual(numbers, [
      [8080, 2],
      [9090, 1],
    ])
  })

  test('each version of IP has its slices, and an empty one where there is nobody', () => {
    const families = { ipFamilies: ['IPv6', 'IPv4'] }
    assert.deepEqual(
      contents(families, pod('1')).map(({ endpoints }) => endpoints[0]?.addresses[0]),
      ['fd00::1', '10.0.0.1'],
    )
    assert.deepEqual(
      contents(families).map(({ addressType, endpoints }) => [addressType, endpoints]),
      [
        ['IPv6', []],
        ['IPv4', []],
      ],
    )
  })

  test('readiness, termination and the end of a pod are told', () => {
    const pods = [
      pod('1'),
      pod('2', 8080, { ready: false }),
      pod('3', 8080, { going: true }),
      pod('4', 8080, { phase: 'Succeeded' }),
    ]
    const states = (spec: object) =>
      contents(spec, ...pods)[0]?.endpoints.map(({ conditions = {} }) => Object.values(conditions))
    assert.deepEqual(states({}), [
      [true, true, false],
      [false, false, false],
      [false, true, true],
    ])
    assert.deepEqual(states({ publishNotReadyAddresses: true }), [
      [true, true, false],
      [true, false, false],
      [true, true, true],
    ])
  })
})

suite('who gets the traffic', () => {
  const backends = (spec: object, ...pods: Pod[]) =>
    backendsOf(asSlices(contents(spec, ...pods)), 'IPv4', { name: 'http' })
  const names = (found: { address: string }[]) => found.map(({ address }) => address.slice(-1))

  test('the ready ones, and those that end only where none is ready', () => {
    const [ready, unready, going] = [pod('1'), pod('2', 8080, { ready: false }), pod('3', 8080, { going: true })]
    assert.deepEqual(names(usable(backends({}, ready, unready, going))), ['1'])
    assert.deepEqual(names(usable(backends({}, unready, going))), ['3'])
    assert.deepEqual(names(usable(backends({}, unready))), [])
  })

  test('a node’s own, or the near ones', () => {
    const two = [pod('1'), pod('2')]
    assert.deepEqual(names(localTo(backends({}, ...two), { node: 'node-2' })), ['2'])
    assert.deepEqual(names(nearTo(backends({}, ...two), { node: 'node-2' })), ['1', '2'])
    const near = backends({ trafficDistribution: 'PreferSameNode' }, ...two)
    assert.deepEqual(names(nearTo(near, { node: 'node-2' })), ['2'])
    assert.deepEqual(names(nearTo(near, { node: 'node-9' })), ['1', '2'])
  })
})

suite('what nft is sent', () => {
  test('stays small enough for an ordinary user, each list whole', () => {
    const line = 'x'.repeat(6000)
    assert.deepEqual(
      batches([['first'], [line, line], [line], [line, line, line], ['last']]).map(({ length }) => length),
      [3, 1, 3, 1],
    )
  })

  test('an element that two need stays until both are gone', () => {
    const counts = new Map<string, number>()
    const rules = (...own: string[]): PortRules => ({
      chains: new Map(),
      sets: new Map(),
      elements: new Map([['own4', own]]),
    })
    assert.equal(changes(rules(), rules('a', 'b'), counts).length, 2)
    assert.equal(changes(rules(), rules('a'), counts).length, 0)
    assert.deepEqual(changes(rules('a', 'b'), rules(), counts), ['delete element inet kube-proxy own4 { b }'])
    assert.deepEqual(changes(rules('a'), rules(), counts), ['delete element inet kube-proxy own4 { a }'])
  })
})
