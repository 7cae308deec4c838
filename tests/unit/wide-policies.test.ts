import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiException } from '@kubernetes/client-node'
import { remarkLines } from '../../cli/run/lines.ts'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { mayBlock, widePolicies } from '../../cluster/site/wide-policies.ts'

/** An API that serves these collections, by their plural and group. The others are not there, or may not be listed. */
function api(served: Readonly<Record<string, object[]>>, code = 404) {
  const asked: string[] = []
  const list = async ({ group, plural, namespace = '' }: Record<string, string>) => {
    asked.push(`${plural}.${group} ${namespace}`.trim())
    const items = served[`${plural}.${group}`]
    if (!items) throw new ApiException(code, 'no', '{}', {})
    return { items: items.map((metadata) => ({ metadata: { ...metadata, ...(namespace && { namespace }) } })) }
  }
  return {
    asked,
    custom: { listClusterCustomObject: list, listNamespacedCustomObject: list } as never,
  } as unknown as KubeApi & {
    asked: string[]
  }
}

describe('policies besides NetworkPolicies', () => {
  const kinds: [string, string, string][] = [
    ['of administrators', 'adminnetworkpolicies.policy.networking.k8s.io', 'AdminNetworkPolicy x'],
    [
      'of administrators, as a baseline',
      'baselineadminnetworkpolicies.policy.networking.k8s.io',
      'BaselineAdminNetworkPolicy x',
    ],
    ['of the cluster', 'clusternetworkpolicies.policy.networking.k8s.io', 'ClusterNetworkPolicy x'],
    ['of Antrea', 'clusternetworkpolicies.crd.antrea.io', 'ClusterNetworkPolicy x'],
    ['of Calico', 'globalnetworkpolicies.crd.projectcalico.org', 'GlobalNetworkPolicy x'],
    ['of Calico in a namespace', 'networkpolicies.crd.projectcalico.org', 'Calico NetworkPolicy main/x'],
    ['of Cilium', 'ciliumclusterwidenetworkpolicies.cilium.io', 'CiliumClusterwideNetworkPolicy x'],
    ['of Cilium in a namespace', 'ciliumnetworkpolicies.cilium.io', 'CiliumNetworkPolicy main/x'],
  ]
  for (const [whose, collection, name] of kinds)
    it(`${whose} are found and named`, async () => {
      const found = await widePolicies(api({ [collection]: [{ name: 'x' }] }), ['main'])
      assert.deepEqual(found.names, [name])
      assert.equal(found.kinds.length, 1)
    })

  it('are not there where the cluster does not serve them, or they may not be listed', async () => {
    for (const code of [404, 403, 500])
      assert.deepEqual(await widePolicies(api({}, code), ['main']), { names: [], kinds: [] })
  })

  it('are looked for again only where the cluster serves them', async () => {
    const cilium = { 'ciliumclusterwidenetworkpolicies.cilium.io': [] }
    const { names, kinds } = await widePolicies(api(cilium), ['main'])
    assert.deepEqual([names, kinds.length], [[], 1])
    const later = api(cilium)
    await widePolicies(later, ['main'], kinds)
    assert.deepEqual(later.asked, ['ciliumclusterwidenetworkpolicies.cilium.io'])
  })

  it('are said on the screen, and as a reason', () => {
    const names = ['A a', 'A b', 'A c', 'A d']
    assert.equal(mayBlock(names), 'A a, A b, A c and 1 more may block conversations of this run')
    const lines = remarkLines({ policies: ['A a'], notes: ['it is slow'] }, (_, text) => text)
    assert.match(lines[0] ?? '', /^policies +A a$/)
    assert.match(lines.at(-1) ?? '', /^note +it is slow$/)
    assert.deepEqual(
      remarkLines({}, (_, text) => text),
      [],
    )
  })
})
