import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chainsOf, type Policy } from '../../reference/policies/chains.ts'
import type { Peers, PolicyPod } from '../../reference/policies/peers.ts'

const pod = (name: string, address: string, namespace = 'a', labels: Record<string, string> = {}): PolicyPod => ({
  ...{ uid: name, node: 'node-1', namespace, addresses: [address, `fd00::${address.split('.')[3]}`] },
  labels: { app: name, ...labels },
  ports: [{ name: 'web', protocol: 'TCP', containerPort: 8080 }],
})

const all: Peers = {
  pods: [pod('x', '10.0.0.1'), pod('y', '10.0.0.2'), pod('z', '10.0.0.3', 'b')],
  namespaces: new Map([
    ['a', { team: 'a' }],
    ['b', { team: 'b' }],
  ]),
}

/** The IPv4 rules of the only chain that these policies make, each as its condition. */
function rules(...specs: Policy['spec'][]): string[] {
  const chains = chainsOf(
    all,
    specs.map((spec) => ({ namespace: 'a', spec })),
  )
  assert.equal(chains.length, 1)
  const [, , ...rest] = chains[0]?.rules ?? []
  return rest.filter((rule) => !rule.includes('ip6')).map((rule) => rule.replace(/ return$/, ''))
}

const x = { podSelector: { matchLabels: { app: 'x' } } }
const from = (...peers: object[]): Policy['spec'] => ({ ...x, ingress: [{ from: peers }] })

describe('the policies of the reference cluster', () => {
  it('leave pods alone that none selects, and isolate by direction', () => {
    assert.deepEqual(chainsOf(all, []), [])
    const names = (spec: Policy['spec']) => chainsOf(all, [{ namespace: 'a', spec }]).map(({ name }) => name)
    assert.deepEqual(names(x), ['ingress-x'])
    assert.deepEqual(names({ ...x, egress: [] }), ['ingress-x', 'egress-x'])
    assert.deepEqual(names({ ...x, policyTypes: ['Egress'] }), ['egress-x'])
    assert.deepEqual(names({ podSelector: {} }), ['ingress-x', 'ingress-y'])
  })

  it('always let a pod reach itself', () => {
    const [chain] = chainsOf(all, [{ namespace: 'a', spec: x }])
    assert.deepEqual(chain?.rules, ['ip saddr 10.0.0.1 return', 'ip6 saddr fd00::1 return', 'drop'])
    assert.deepEqual(chain?.elements, [
      'ingress4 { 10.0.0.1 : jump ingress-x }',
      'ingress6 { fd00::1 : jump ingress-x }',
    ])
  })

  it('take the labels of pods, of namespaces, of both, and of either', () => {
    const y = { podSelector: { matchLabels: { app: 'y' } } }
    const b = { namespaceSelector: { matchLabels: { team: 'b' } } }
    assert.deepEqual(rules(from(y)), ['ip saddr { 10.0.0.2 }', 'drop'])
    assert.deepEqual(rules(from(b)), ['ip saddr { 10.0.0.3 }', 'drop'])
    assert.deepEqual(rules(from({ ...y, ...b })), ['drop'])
    assert.deepEqual(rules(from(y, b)), ['ip saddr { 10.0.0.2 }', 'ip saddr { 10.0.0.3 }', 'drop'])
  })

  it('know all operators of a selector', () => {
    const where = (operator: string, values?: string[]) =>
      rules(from({ podSelector: { matchExpressions: [{ key: 'app', operator, ...(values && { values }) }] } }))[0]
    assert.equal(where('In', ['y']), 'ip saddr { 10.0.0.2 }')
    assert.equal(where('NotIn', ['y']), 'ip saddr { 10.0.0.1 }')
    assert.equal(where('Exists'), 'ip saddr { 10.0.0.1, 10.0.0.2 }')
    assert.equal(where('DoesNotExist'), 'drop')
  })

  it('take ranges with exceptions, and ports by number, range, name and protocol', () => {
    const range = { ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.7/32'] } }
    assert.equal(rules(from(range))[0], 'ip saddr 192.0.2.0/24 ip saddr != 192.0.2.7/32')
    const at = (...ports: object[]) => rules({ ...x, ingress: [{ ports }] as never }).map((rule) => rule.trim())
    assert.deepEqual(at({ port: 80 }), ['tcp dport 80', 'drop'])
    assert.deepEqual(at({ protocol: 'UDP', port: 80, endPort: 90 }), ['udp dport 80-90', 'drop'])
    assert.deepEqual(at({ protocol: 'UDP' }), ['meta l4proto udp', 'drop'])
    assert.deepEqual(at({ port: 'web' }), ['tcp dport 8080', 'drop'])
    assert.deepEqual(at({ port: 'web', protocol: 'UDP' }), ['drop'])
  })

  it('find the number of a named port for egress in each peer', () => {
    const egress = [{ to: [{ podSelector: { matchLabels: { app: 'y' } } }], ports: [{ port: 'web' }] }]
    assert.deepEqual(rules({ ...x, policyTypes: ['Egress'], egress }), ['ip daddr 10.0.0.2 tcp dport 8080', 'drop'])
  })

  it('add up', () => {
    const y = from({ podSelector: { matchLabels: { app: 'y' } } })
    assert.deepEqual(rules(x, y), ['ip saddr { 10.0.0.2 }', 'drop'])
    assert.deepEqual(rules(y, { ...x, ingress: [{}] }), ['ip saddr { 10.0.0.2 }', '', 'drop'])
  })
})
