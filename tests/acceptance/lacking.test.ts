import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { broken } from './cli.ts'
import { gateBefore } from './gate.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\n'

describe('what a cluster does not have is skipped, and said so:', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(2)
    cluster.desk.file('flatnet.yaml', SETTINGS)
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  /** Runs these; gives the exit code and the rows that were skipped for want of that. */
  async function without(need: string, kubeconfig: string, ids: readonly string[]) {
    const { code, stdout } = await cluster.desk.run(['run', ...ids, '--kubeconfig', kubeconfig])
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], stdout)
    assert.deepEqual(await cluster.namespaces(), [])
    const list = (which: 'inconclusive' | 'skipped') => report.profiles.flatMap((profile) => profile[which] ?? [])
    assert.deepEqual(list('inconclusive'), [], stdout)
    const rows = list('skipped').filter(({ id, because }) => ids.includes(id) && because.startsWith(`needs ${need}: `))
    return { code, rows, stdout }
  }

  it('Service ranges cannot be read', async () => {
    const message = 'servicecidrs.networking.k8s.io is forbidden: User "ci" cannot list resource "servicecidrs"'
    await using gate = await gateBefore(cluster.desk.path('kubeconfig'), (_, path) =>
      path.endsWith('/servicecidrs') ? { code: 403, reason: 'Forbidden', message } : undefined,
    )
    const kubeconfig = cluster.desk.file('gate.kubeconfig', gate.kubeconfig)
    const { code, rows, stdout } = await without('servicecidr', kubeconfig, ['S05', 'S24', 'S01'])
    assert.deepEqual([...new Set(rows.map(({ id }) => id))], ['S05'], stdout)
    for (const { because } of rows) assert.ok(because.includes(message), because)
    assert.equal(code, 3)
  })

  it('there is no DNS server', async () => {
    const of = { namespace: 'kube-system', name: 'kube-dns' }
    await cluster.core.deleteNamespacedService(of)
    await cluster.core.deleteNamespacedPod({ ...of, gracePeriodSeconds: 0 })
    const ids = ['D01', 'D05', 'D09', 'D10', 'D11', 'S06', 'S01']
    const { code, rows, stdout } = await without('dns', cluster.desk.path('kubeconfig'), ids)
    assert.deepEqual([...new Set(rows.map(({ id }) => id))].sort(), ['D01', 'D05', 'D09', 'D10', 'D11', 'S06'], stdout)
    // The row by its name: the other one ran.
    assert.equal(rows.filter(({ id }) => id === 'S06').length, 1)
    assert.equal(code, 3)
  })
})
