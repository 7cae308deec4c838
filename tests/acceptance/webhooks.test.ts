import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { BUSY, broken } from './cli.ts'
import { type Bends, gateBefore } from './gate.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\n'
const QUICK = `${SETTINGS}limits: { propagate: 1000, patience: 1 }\n`
/** The address at which caches on nodes usually answer their pods. */
const LINK_LOCAL = '169.254.20.10'
const NDOTS = (value: string) => [{ name: 'ndots', value }]

describe('a cluster whose webhooks write into pods is not blamed:', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(2)
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  /** Runs these scenarios behind a webhook. Gives what was not judged, by id, and what was skipped. */
  async function behind(admits: Bends['admits'], refuses: Parameters<typeof gateBefore>[1], ids: readonly string[]) {
    await using gate = await gateBefore(cluster.desk.path('kubeconfig'), refuses, admits ? { admits } : {})
    const kubeconfig = cluster.desk.file('gate.kubeconfig', gate.kubeconfig)
    const { code, stdout, stderr } = await cluster.desk.run(['run', ...ids, '--kubeconfig', kubeconfig])
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], stdout + stderr)
    const rows = (which: 'inconclusive' | 'skipped') => report.profiles.flatMap((profile) => profile[which] ?? [])
    const judgeable = rows('inconclusive').filter(({ because }) => !BUSY.test(because))
    const unsure = new Map(judgeable.map(({ id, because }) => [id, because]))
    return { code, stdout, unsure, skipped: rows('skipped').filter(({ id }) => ids.includes(id)) }
  }

  it('tolerations, a lower ndots, a readiness gate that nothing opens, and effects that refuse what is only tried', async () => {
    cluster.desk.file('flatnet.yaml', QUICK)
    const message = 'admission webhook "quota.example" does not support dry run'
    const { code, stdout, unsure, skipped } = await behind(
      (_, path, { spec }) => {
        if (!path.endsWith('/pods')) return
        spec.tolerations = [...(spec.tolerations ?? []), { key: 'tenant', operator: 'Exists' }]
        spec.dnsConfig = { ...spec.dnsConfig, options: NDOTS('3') }
        spec.readinessGates = [{ conditionType: 'cloud.example/target' }]
      },
      (verb, _, query) =>
        verb === 'POST' && query.includes('dryRun=All') ? { code: 400, reason: 'BadRequest', message } : undefined,
      ['P02', 'D10', 'D11', 'N02', 'N04', 'S01'],
    )
    assert.equal(code, 2, stdout)
    assert.deepEqual([...unsure.keys()].sort(), ['D10', 'D11', 'S01'], stdout)
    assert.match(unsure.get('S01') ?? '', /waits for its readiness gate cloud\.example\/target, so this row is/)
    const agent = skipped.find(({ id }) => id === 'N04')?.because ?? ''
    assert.ok(agent.endsWith(`are not admitted: ${message}`), stdout)
    assert.match(unsure.get('D11') ?? '', /was rewritten when it was admitted .*ndots|readiness gate/)
  })

  it('a nameserver at a link-local address, which answers on every node', async () => {
    cluster.desk.file('flatnet.yaml', SETTINGS)
    const dns = await cluster.pod(({ metadata }) => metadata?.labels?.['k8s-app'] === 'kube-dns')
    const rule = `ip daddr ${LINK_LOCAL} dnat ip to ${dns.status?.podIP}`
    const lead = (node: string) => cluster.fault(node, 'nat hook prerouting priority -110; policy accept;', rule)
    await using _ = await lead('node-1')
    await using __ = await lead('node-2')
    const zone = 'cluster.local'
    const { code, stdout, unsure } = await behind(
      (_, path, { spec }) => {
        const [, namespace] = /\/namespaces\/([^/]+)\/pods$/.exec(path) ?? []
        if (!namespace || spec.hostNetwork || spec.dnsPolicy) return
        spec.dnsPolicy = 'None'
        const searches = [`${namespace}.svc.${zone}`, `svc.${zone}`, zone]
        spec.dnsConfig = { nameservers: [LINK_LOCAL], searches, options: NDOTS('5') }
      },
      () => undefined,
      ['D01', 'D05', 'D10', 'D14', 'S06'],
    )
    assert.equal(code, 2, stdout)
    assert.deepEqual([...unsure.keys()], ['D10'], stdout)
    assert.match(unsure.get('D10') ?? '', /was rewritten when it was admitted .*169\.254\.20\.10/)
  })
})
