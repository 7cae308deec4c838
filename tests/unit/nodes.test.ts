import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Node } from '@kubernetes/client-node'
import { attendance, sample, unfit } from '../../cluster/site/nodes.ts'
import { isAlive, isGone, ownIdentity } from '../../cluster/site/owner.ts'
import { Settings } from '../../contract/settings.ts'

const node = (change: (node: V1Node) => void = () => {}): V1Node => {
  const made: V1Node = {
    metadata: { name: 'n', labels: { 'kubernetes.io/os': 'linux', disk: 'ssd' } },
    spec: {},
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }
  change(made)
  return made
}
const pods = Settings.parse({}).pods

describe('nodes that take part', () => {
  it('are Linux, Ready, schedulable and tolerated', () => {
    assert.equal(unfit(node(), pods), undefined)
    const cases: [RegExp, (node: V1Node) => void][] = [
      [/windows/, (n) => Object.assign(n.metadata?.labels ?? {}, { 'kubernetes.io/os': 'windows' })],
      [/not Ready/, (n) => Object.assign(n.status ?? {}, { conditions: [{ type: 'Ready', status: 'Unknown' }] })],
      [/cordoned/, (n) => Object.assign(n.spec ?? {}, { unschedulable: true })],
      [
        /taint dedicated:NoSchedule/,
        (n) => Object.assign(n.spec ?? {}, { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] }),
      ],
    ]
    for (const [words, change] of cases) assert.match(unfit(node(change), pods) ?? '', words)
    const soft = (n: V1Node) => Object.assign(n.spec ?? {}, { taints: [{ key: 'x', effect: 'PreferNoSchedule' }] })
    assert.equal(unfit(node(soft), pods), undefined)
  })

  it('are named, and so are the others with their reasons', () => {
    const called = (name: string, change: (node: V1Node) => void = () => {}) =>
      node((n) => {
        Object.assign(n.metadata ?? {}, { name })
        change(n)
      })
    const notReady = (message: string) => (n: V1Node) =>
      Object.assign(n.status ?? {}, { conditions: [{ type: 'Ready', status: 'False', message }] })
    const all = [
      called('a'),
      called('b', (n) => Object.assign(n.spec ?? {}, { unschedulable: true })),
      called('c', notReady('container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady')),
      called('d', notReady('PLEG is not healthy')),
      called('e'),
    ]
    const ref = { name: 'a', internalIPs: [], podCIDRs: [] }
    assert.deepEqual(attendance(all, [ref], pods), {
      tested: ['a'],
      leftOut: [
        { node: 'b', because: 'is cordoned' },
        { node: 'c', because: 'is not Ready because its network is not' },
        { node: 'd', because: 'is not Ready' },
        { node: 'e', because: 'is one too many: at most 5 nodes take part (pods.maxNodes)' },
      ],
      withoutNetwork: ['c'],
    })
    assert.deepEqual(attendance(undefined, [ref], pods), { tested: ['a'], leftOut: [], withoutNetwork: [] })
  })

  it('follow the settings', () => {
    const tainted = node((n) =>
      Object.assign(n.spec ?? {}, { taints: [{ key: 'dedicated', value: 'a', effect: 'NoSchedule' }] }),
    )
    const with_ = (toleration: object) => Settings.parse({ pods: { tolerations: [toleration] } }).pods
    assert.equal(unfit(tainted, with_({ operator: 'Exists' })), undefined)
    assert.equal(unfit(tainted, with_({ key: 'dedicated', value: 'a' })), undefined)
    assert.ok(unfit(tainted, with_({ key: 'dedicated', value: 'b' })))
    assert.match(
      unfit(node(), Settings.parse({ pods: { nodeSelector: { disk: 'hdd' } } }).pods) ?? '',
      /lacks the label disk=hdd/,
    )
  })

  it('are sampled evenly', () => {
    assert.deepEqual(sample([1, 2, 3], 5), [1, 2, 3])
    assert.deepEqual(sample([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 5), [0, 2, 4, 6, 8])
  })
})

describe('an owner', () => {
  const [machine = '', boot = '', namespace = '', pid = '', start = ''] = ownIdentity().split('/')
  const cases: [string, string[], ReturnType<typeof isAlive>, boolean][] = [
    ['is alive', [machine, boot, namespace, pid, start], 'alive', false],
    ['is dead, and another process has its number', [machine, boot, namespace, pid, '1'], 'dead', true],
    ['is dead', [machine, boot, namespace, '99999999', start], 'dead', true],
    ['ran before this machine was rebooted', [machine, 'otherboot', namespace, pid, start], 'rebooted', true],
    ['runs in another PID namespace', [machine, boot, '1', '99999999', start], 'elsewhere', false],
    ['runs on another machine', ['another', boot, namespace, pid, start], 'elsewhere', false],
    ['wrote an identity of another form', [machine, boot, pid, start], 'elsewhere', false],
  ]
  for (const [name, words, state, gone] of cases)
    it(name, () => assert.deepEqual([isAlive(words.join('/')), isGone(words.join('/'))], [state, gone]))
})
