import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { BUSY, broken } from './cli.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false

describe('a cluster of one node, with IPv6 alone and a domain of its own', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(1, 'ipv6', { domain: 'corp.test' })
    cluster.desk.file('flatnet.yaml', 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\n')
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  it('keeps every core promise that needs no second node', async () => {
    const { code, stdout, stderr } = await cluster.run('run', '--profile', 'core')
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], stdout + stderr)
    const core = report.profiles.find(({ name }) => name === 'core')
    // On a busy machine some rows are not judged, and say so.
    const unsure = core?.inconclusive ?? []
    for (const { id, because } of unsure) assert.match(because, BUSY, `${id}: ${stdout}`)
    assert.equal(code, unsure.length > 0 ? 2 : 3, stdout + stderr)
    assert.ok((core?.statistics.passed ?? 0) + unsure.length > 40, stdout)
    const why = core?.skipped.map(({ because }) => because) ?? []
    assert.ok(why.some((because) => because.startsWith('needs multi: the cluster has one schedulable Linux node')))
    for (const because of why) assert.match(because, /^needs /)
  })
})
