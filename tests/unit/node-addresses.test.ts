import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sourceOf } from '../../cluster/outside/source.ts'
import { withMoreAddresses } from '../../cluster/site/node-addresses.ts'
import { nodeRef, primaryOf } from '../../cluster/site/nodes.ts'
import { isDual } from '../../cluster/site/service-needs.ts'
import type { NodeRef, ProbeRef } from '../../contract/topology.ts'

const refs: NodeRef[] = [1, 2].map((n) => ({
  name: `n-${n}`,
  internalIPs: [`192.0.2.${n}`],
  podCIDRs: [`10.0.${n}.0/24`],
}))
const seen = new Map(
  [1, 2].map((n) => [`n-${n}`, [`192.0.2.${n}`, `203.0.113.${n}`, `10.0.${n}.1`, '172.17.0.1']] as const),
)

describe('the addresses of a node', () => {
  it('are those of its second network too, but not of its bridge, and not those that every node has', () => {
    assert.deepEqual(
      withMoreAddresses(refs, seen).map(({ moreIPs }) => moreIPs),
      [['203.0.113.1'], ['203.0.113.2']],
    )
    const [first] = [...seen]
    assert.deepEqual(withMoreAddresses(refs, new Map(first && [first])), refs)
  })

  it('belong to that node alone, seen from outside', () => {
    const nodes = withMoreAddresses(refs, seen)
    const from = { node: 'n-1', ips: ['10.0.1.5'], hostIPs: ['192.0.2.1'] } as unknown as ProbeRef
    const of = (ip: string) => sourceOf(ip, from, nodes)
    assert.deepEqual(['192.0.2.1', '203.0.113.1', '203.0.113.2', '10.0.1.1', '10.0.1.5'].map(of), [
      'node',
      'node',
      'other',
      'other',
      'pod',
    ])
  })

  it('are external where there is no internal one of a family', () => {
    const address = (type: string, ip: string) => ({ type, address: ip })
    const of = (...addresses: ReturnType<typeof address>[]) =>
      nodeRef({ metadata: { name: 'n' }, status: { addresses } }).internalIPs
    const [inside, outside] = [address('InternalIP', '192.0.2.1'), address('ExternalIP', '203.0.113.1')]
    assert.deepEqual(of(outside, inside), ['192.0.2.1'])
    assert.deepEqual(of(inside, address('ExternalIP', '2001:db8::1')), ['192.0.2.1', '2001:db8::1'])
    assert.deepEqual(of(outside), ['203.0.113.1'])
    const both = { name: 'n', internalIPs: ['192.0.2.1', '192.0.2.9', '2001:db8::1'], podCIDRs: [] }
    assert.deepEqual(primaryOf(both), ['192.0.2.1', '2001:db8::1'])
  })
})

describe('a cluster of two families', () => {
  it('is one where some pod has both, so that a node without one of them is found', () => {
    const pod = (...ips: string[]) => ({ containers: [{ ips }] })
    const [one, both] = [pod('10.0.0.1'), pod('10.0.0.2', 'fd00::2')]
    assert.deepEqual(isDual([one, both]), { has: true })
    for (const pods of [[], [one], [pod('fd00::3')]]) assert.equal(isDual(pods).has, false)
  })
})
