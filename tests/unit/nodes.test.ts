import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Node } from '@kubernetes/client-node'
import { sample, unfit } from '../../cluster/site/nodes.ts'
import { isAlive, ownIdentity } from '../../cluster/site/owner.ts'
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
  const [host = '', boot = '', pid = '', start = ''] = ownIdentity().split('/')
  it('is alive, dead, or of another machine', () => {
    assert.equal(isAlive(ownIdentity()), 'alive')
    assert.equal(isAlive([host, boot, pid, '1'].join('/')), 'dead')
    assert.equal(isAlive([host, boot, '99999999', start].join('/')), 'dead')
    assert.equal(isAlive([host, 'otherboot', pid, start].join('/')), 'dead')
    assert.equal(isAlive(['elsewhere', boot, pid, start].join('/')), 'elsewhere')
  })
})
