import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Node } from '@kubernetes/client-node'
import { chooseNodes, withoutList } from '../../cluster/site/choose-nodes.ts'
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
      [
        /runs windows/,
        (n) => {
          Object.assign(n, { metadata: { name: 'n' } })
          Object.assign(n.status ?? {}, { nodeInfo: { operatingSystem: 'windows' } })
        },
      ],
      [/is virtual/, (n) => Object.assign(n.metadata?.labels ?? {}, { type: 'virtual-kubelet' })],
      [/is virtual/, (n) => Object.assign(n.metadata?.labels ?? {}, { type: 'kwok' })],
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
    assert.deepEqual(attendance(all, [ref], { pods }), {
      tested: ['a'],
      leftOut: [
        { node: 'b', because: 'is cordoned' },
        { node: 'c', because: 'is not Ready because its network is not' },
        { node: 'd', because: 'is not Ready' },
        { node: 'e', because: 'is one too many: at most 5 nodes take part; --nodes all takes all of them' },
      ],
      withoutNetwork: ['c'],
    })
    assert.equal(attendance(all, [ref], { pods, nodes: 'a' }).leftOut.at(-1)?.because, 'is not in --nodes a')
    assert.deepEqual(attendance(undefined, [ref], { pods }), { tested: ['a'], leftOut: [], withoutNetwork: [] })
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

  it('are those of control planes too, unless the settings say otherwise', () => {
    const controlPlane = node((n) =>
      Object.assign(n.spec ?? {}, {
        taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
      }),
    )
    assert.equal(unfit(controlPlane, pods), undefined)
    assert.match(unfit(controlPlane, Settings.parse({ pods: { tolerations: [] } }).pods) ?? '', /has the taint/)
  })

  it('are chosen by --nodes: a number, names, or all, those outside the sample in the ring', () => {
    const named = (name: string) => node((n) => Object.assign(n.metadata ?? {}, { name }))
    const cordoned = node((n) => {
      Object.assign(n.metadata ?? {}, { name: 'g' })
      Object.assign(n.spec ?? {}, { unschedulable: true })
    })
    const all = [...'abcdef'].map(named).concat(cordoned)
    const chosen = (nodes?: number | string) => {
      const { sampled, ring } = chooseNodes(all, Settings.parse(nodes === undefined ? {} : { nodes }))
      return [sampled, ring].map((some) => some.map(({ name }) => name).join(''))
    }
    assert.deepEqual(chosen(), ['abcde', ''])
    assert.deepEqual(chosen(2), ['ad', ''])
    assert.deepEqual(chosen('2'), ['ad', ''])
    assert.deepEqual(chosen('f,b'), ['fb', ''])
    assert.deepEqual(chosen('all'), ['abcde', 'f'])
    assert.throws(() => chosen('a,z'), { name: 'UsageError', message: /the cluster has no node z; .*such as a, b, c/ })
    assert.throws(() => chosen('a,g'), { name: 'Trouble', message: /cannot take part: g is cordoned/ })
    assert.throws(() => chooseNodes([cordoned], Settings.parse({})), /no node can take probe pods: g is cordoned/)
    for (const nodes of [0, -1, 1.5, '', '0', 'a,', 'a b', ','])
      assert.throws(() => Settings.parse({ nodes }), `${nodes}`)
  })

  it('can only be counted if they may not be listed', () => {
    assert.deepEqual(withoutList(Settings.parse({ nodes: 2 })), { maxNodes: 2 })
    assert.deepEqual(withoutList(Settings.parse({})), { maxNodes: 5 })
    assert.throws(() => withoutList(Settings.parse({ nodes: 'all' })), /may not list nodes; expected a number/)
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
