import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { claimVeth, type VethEnd } from '../../promises/pods/veth.ts'
import { fakeTopology } from './fake.ts'

const [pod] = fakeTopology(1, ['server']).pods
const end = (info_kind: string | undefined, link_index = 2, peer = 7): VethEnd => ({
  pod: pod as VethEnd['pod'],
  inside: { index: 2, peer },
  outside: { ifindex: 7, ifname: 'lxc7', link_index, ...(info_kind !== undefined && { linkinfo: { info_kind } }) },
})

describe('the other end of a pod’s interface', () => {
  it('is one of a pair: a veth, or a netkit', () => {
    for (const kind of ['veth', 'netkit']) claimVeth([end(kind)])
  })

  it('is not judged where the network has no pairs: ipvlan and macvlan stand on a link of the node', () => {
    for (const kind of [undefined, 'bond'])
      assert.throws(() => claimVeth([end(kind)]), { name: 'Trouble', message: /without pairs of links/ })
  })

  it('breaks the promise if it is missing, or joined to another interface', () => {
    const broken = [end('veth', 3), end('veth', 2, 2), { ...end('veth'), outside: undefined }]
    for (const each of broken) assert.throws(() => claimVeth([each]), { name: 'NonConformance' })
  })
})
