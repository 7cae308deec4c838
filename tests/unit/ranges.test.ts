import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimDisjoint, claimWithin } from '../../promises/pods/ranges.ts'
import { claimOneRoute, nodesWithPods } from '../../promises/pods/routes.ts'
import { fakeTopology } from './fake.ts'

const { allNodes, pods } = fakeTopology(2)
/** A node that came during the run, runs Windows or is virtual. */
const stranger = (podCIDRs: string[]) => ({ name: 'stranger', internalIPs: [], podCIDRs })

describe('the pod ranges of nodes', () => {
  it('are judged beside a node without pods of the run, which may have no range yet', () => {
    for (const cidrs of [[], ['10.244.9.0/24']]) {
      claimDisjoint([...allNodes, stranger(cidrs)])
      claimWithin(pods, [...allNodes, stranger(cidrs)])
    }
    assert.throws(() => claimDisjoint([...allNodes, stranger(['10.244.1.128/25'])]), { name: 'NonConformance' })
    assert.throws(() => claimWithin(pods, [stranger(['10.244.1.0/24'])]), /the pod range of this node is not set/)
  })

  it('need routes to nodes with pods of the run alone', () => {
    const all = [...allNodes, stranger(['10.244.9.0/24'])]
    assert.deepEqual(
      nodesWithPods({ allNodes: all, pods }).map(({ name }) => name),
      ['node-1', 'node-2'],
    )
    const routes = (hop: string) => [
      { from: 'node-1', to: 'node-2', cidr: '10.244.2.0/24', hops: { a: 'dev x', b: hop } },
    ]
    claimOneRoute(routes('dev x'))
    for (const hop of ['none', 'dev y']) assert.throws(() => claimOneRoute(routes(hop)), { name: 'NonConformance' })
  })
})
