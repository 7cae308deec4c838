import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { hasZones, isKubeProxy } from '../../cluster/site/service-needs.ts'
import { leadsSocketsOn } from '../../cluster/site/udp-flows.ts'

describe('a service proxy', () => {
  const cases: [string, { proxyMode: string; cni: string }, boolean][] = [
    ['is kube-proxy where its mode is known', { proxyMode: 'nftables', cni: 'flannel' }, true],
    ['is another one where there is no kube-proxy', { proxyMode: 'unknown', cni: 'unknown' }, false],
    ['is Cilium’s own, also beside a kube-proxy', { proxyMode: 'iptables', cni: 'cilium' }, false],
  ]
  for (const [name, portrait, is] of cases)
    it(name, () => {
      assert.equal(isKubeProxy(portrait), is)
      const nodes = ['a', 'b'].map((zone) => ({ name: zone, internalIPs: [], podCIDRs: [], zone }))
      assert.equal(hasZones(nodes, portrait).has, is)
      assert.equal(leadsSocketsOn(portrait).has, is)
    })
})
