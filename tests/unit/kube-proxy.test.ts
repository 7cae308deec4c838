import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { kubeProxyOf, limitsWith, tellRare } from '../../cluster/site/kube-proxy.ts'
import { keepsSource, nodePortsElsewhere } from '../../cluster/site/service-needs.ts'

interface Words {
  command?: string[]
  args?: string[]
}

const daemonSet = (name: string, desiredNumberScheduled: number, words: Words = {}) => ({
  metadata: { name },
  spec: { template: { spec: { containers: [{ name, ...words }] } } },
  status: { desiredNumberScheduled },
})

/** An API with these ConfigMaps of kube-system, and with these DaemonSets if they may be listed. */
function api(maps: Readonly<Record<string, Record<string, string>>>, sets?: object[]) {
  const absent = () => Promise.reject(new Error('not found'))
  return {
    core: {
      readNamespacedConfigMap: ({ name }: { name: string }) =>
        maps[name] ? Promise.resolve({ data: maps[name] }) : absent(),
    },
    apps: { listNamespacedDaemonSet: () => (sets ? Promise.resolve({ items: sets }) : absent()) },
  } as unknown as KubeApi
}
const left = { 'kube-proxy': { 'config.conf': 'mode: nftables\n' } }
const config = (text: string) => api({ 'kube-proxy': { 'config.conf': text } })

describe('the configuration of kube-proxy', () => {
  const cases: [string, KubeApi, object][] = [
    ['is unknown where it cannot be read', api({}), { mode: 'unknown' }],
    ['has iptables where it names no mode', config('mode: ""\n'), { mode: 'iptables' }],
    ['is no mapping', config('kube-proxy'), { mode: 'unknown' }],
    [
      'has the least period of its own mode',
      config(
        'mode: nftables\niptables: { minSyncPeriod: 5s }\nnftables: { minSyncPeriod: 1m30s, masqueradeAll: false }\n',
      ),
      { mode: 'nftables', minSyncMs: 90_000 },
    ],
    [
      'masquerades all, in IPVS by the settings of iptables',
      config('mode: ipvs\niptables: { masqueradeAll: true }\nipvs: { minSyncPeriod: 500ms }\n'),
      { mode: 'ipvs', minSyncMs: 500, masqueradesAll: true },
    ],
    [
      'is in the ConfigMap of a cloud',
      api({ 'kube-proxy-config': { config: 'mode: iptables\niptables: { minSyncPeriod: 0s }\n' } }),
      { mode: 'iptables' },
    ],
    ['counts where it runs', api(left, [daemonSet('kube-proxy', 3)]), { mode: 'nftables' }],
    ['is left over where it runs on no node', api(left, [daemonSet('kube-proxy', 0)]), { mode: 'unknown' }],
    ['is left over where its DaemonSet is gone', api(left, [daemonSet('calico-node', 3)]), { mode: 'unknown' }],
    [
      'is in flags',
      api({}, [
        daemonSet('kube-proxy', 3, {
          command: ['kube-proxy --proxy-mode=nftables'],
          args: ['--nftables-min-sync-period=1m', '--masquerade-all'],
        }),
      ]),
      { mode: 'nftables', minSyncMs: 60_000, masqueradesAll: true },
    ],
    [
      'serves node ports in a range',
      config('mode: iptables\nnodePortAddresses: [192.0.2.0/24]\n'),
      { mode: 'iptables', nodePortAddresses: ['192.0.2.0/24'] },
    ],
    [
      'serves node ports at the primary addresses',
      config('mode: nftables\nnodePortAddresses: [primary]\n'),
      { mode: 'nftables' },
    ],
  ]
  for (const [name, given, wanted] of cases) it(name, async () => assert.deepEqual(await kubeProxyOf(given), wanted))
})

describe('a kube-proxy', () => {
  const limits = { propagate: 30_000, patience: 15_000 }

  it('that changes its rules once in a minute gets a minute more, and the run says so', () => {
    const proxy = { mode: 'iptables', minSyncMs: 60_000 }
    const longer = limitsWith(limits, proxy)
    assert.deepEqual(longer, { propagate: 90_000, patience: 15_000 })
    assert.match(tellRare(proxy, longer) ?? '', /once in 60 s \(minSyncPeriod\), so limits\.propagate is 90 s/)
  })

  it('with the usual period gets no more', () => {
    for (const proxy of [{ mode: 'iptables' }, { mode: 'iptables', minSyncMs: 1_000 }]) {
      assert.deepEqual(limitsWith(limits, proxy), limits)
      assert.equal(tellRare(proxy, limits), undefined)
    }
  })

  it('that serves node ports at other addresses than the primary ones is not asked at these', () => {
    const node = { name: 'n-1', internalIPs: ['192.0.2.7', '203.0.113.7'], podCIDRs: [] }
    const at = (...ranges: string[]) => nodePortsElsewhere({ mode: 'iptables', nodePortAddresses: ranges }, [node])
    const told = at('203.0.113.0/24')
    assert.ok(told?.has === false)
    assert.match(told.because, /only at addresses in 203\.0\.113\.0\/24 .*, and n-1 has 192\.0\.2\.7$/)
    assert.equal(at('203.0.113.0/24', '192.0.2.0/24'), undefined)
    assert.equal(nodePortsElsewhere({ mode: 'iptables' }, [node]), undefined)
  })

  it('that masquerades all keeps no source, and no other one is asked', () => {
    const told = keepsSource({ mode: 'iptables', masqueradesAll: true })
    assert.match(told.has ? '' : told.because, /masqueradeAll/)
    assert.equal(keepsSource({ mode: 'unknown' }).has, true)
  })
})
