import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { broken } from './cli.ts'
import { gateBefore } from './gate.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nparallel: 1\n'

describe('a run that somebody meddles with is no verdict:', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(2)
    cluster.desk.file('flatnet.yaml', SETTINGS)
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  /** Begins a run whose first scenario takes seconds; settles when its probes are up, with its namespace. */
  async function begun() {
    const run = cluster.start('run', 'N03', 'P02', 'P04')
    const [, namespace = ''] = await run.says(/create namespaces (flatnet-\w+),/)
    await run.says(/start \d+ probes/)
    return { run, namespace }
  }

  it('a NetworkPolicy appears in its namespace', async () => {
    const { run, namespace } = await begun()
    const body = { metadata: { name: 'deny-all' }, spec: { podSelector: {}, policyTypes: ['Ingress'] } }
    await cluster.networking.createNamespacedNetworkPolicy({ namespace, body })
    const { code, stdout, stderr } = await run.done
    assert.equal(code, 2, stdout + stderr)
    assert.match(stdout, /^INCONCLUSIVE/m)
    const report = cluster.desk.report()
    assert.equal(report.result, 'inconclusive')
    assert.match(report.because ?? '', new RegExp(`NetworkPolicy ${namespace}/deny-all appeared`))
    assert.deepEqual(await cluster.namespaces(), [])
  })

  it('a policy of the whole cluster blocks conversations', async () => {
    const policy = { metadata: { name: 'default.deny' }, spec: { selector: 'all()', types: ['Ingress'] } }
    await using gate = await gateBefore(cluster.desk.path('kubeconfig'), () => undefined, {
      answers: (verb, path) =>
        verb === 'GET' && path.endsWith('/crd.projectcalico.org/v1/globalnetworkpolicies')
          ? { metadata: {}, items: [policy] }
          : undefined,
    })
    const kubeconfig = cluster.desk.file('gate.kubeconfig', gate.kubeconfig)
    await using _ = await cluster.fault(
      'node-1',
      'filter hook forward priority -200; policy accept;',
      'tcp dport 7000 drop',
    )
    const { code, stdout, stderr } = await cluster.desk.run(['run', 'P02', '--kubeconfig', kubeconfig])
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], stdout + stderr)
    assert.equal(code, 2, stdout + stderr)
    const unsure = report.profiles.flatMap(({ inconclusive = [] }) => inconclusive)
    assert.ok(unsure.length > 0, stdout)
    for (const { because } of unsure)
      assert.match(because, /^GlobalNetworkPolicy default\.deny may block conversations of this run, so this row is/)
    assert.match(stdout, /^policies +GlobalNetworkPolicy default\.deny$/m)
  })

  it('a node loses every seventh datagram: each row is answered, and the run is no verdict', async () => {
    await using _ = await cluster.fault(
      'node-1',
      'filter hook forward priority -200; policy accept;',
      'meta l4proto udp th dport != 53 th sport != 53 numgen random mod 100 < 15 drop',
    )
    const { code, stdout, stderr } = await cluster.run('run', '--tags', '@rule-1 or @rule-2 or @rule-3 or @problem-2')
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], stdout + stderr)
    assert.equal(code, 2, stdout + stderr)
    assert.match(report.because ?? '', /^\d\d % of the UDP datagrams between node-1 and node-2 got no answer, in /)
  })

  it('a probe’s pod is deleted: what needed it is inconclusive, never failed', async () => {
    const { run, namespace } = await begun()
    await cluster.core.deleteNamespacedPod({ namespace, name: 'client-1', gracePeriodSeconds: 0 })
    const { code, stdout, stderr } = await run.done
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], stdout + stderr)
    const unsure = report.profiles.flatMap(({ inconclusive = [] }) => inconclusive)
    assert.ok(unsure.some(({ id }) => id === 'P02') && unsure.some(({ id }) => id === 'P04'), stdout)
    for (const { because } of unsure) assert.match(because, /client-1/)
    assert.equal(code, 2)
    assert.equal(report.result, 'inconclusive')
    assert.deepEqual(await cluster.namespaces(), [])
  })

  it('a server’s pod is deleted: what dials it is inconclusive, never failed', async () => {
    const { run } = await begun()
    const { metadata } = await cluster.pod((pod) => pod.metadata?.name === 'server-2')
    const namespace = metadata?.namespace ?? ''
    await cluster.core.deleteNamespacedPod({ namespace, name: 'server-2', gracePeriodSeconds: 0 })
    const { stdout, stderr } = await run.done
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], stdout + stderr)
    const unsure = report.profiles.flatMap(({ inconclusive = [] }) => inconclusive)
    assert.ok(
      unsure.some(({ id, because }) => id === 'P02' && /^pod server-2 on node-2 is gone, so this row/.test(because)),
      stdout,
    )
  })
})
