import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
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
    assert.equal(code, 3, stdout + stderr)
    const { profiles } = cluster.desk.report()
    const core = profiles.find(({ name }) => name === 'core')
    assert.deepEqual([core?.statistics.failed, core?.statistics.inconclusive], [0, 0], stdout)
    assert.ok((core?.statistics.passed ?? 0) > 40, stdout)
    const why = core?.skipped.map(({ because }) => because) ?? []
    assert.ok(why.some((because) => because.startsWith('needs multi: the cluster has one schedulable Linux node')))
    for (const because of why) assert.match(because, /^needs /)
  })
})
