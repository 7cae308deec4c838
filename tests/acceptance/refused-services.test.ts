import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { broken } from './cli.ts'
import { gateBefore } from './gate.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\n'
/** P02 needs no Service; S01 and D01 have the run's own, the others make one each. */
const IDS = ['P02', 'S01', 'D01', 'S06', 'S12', 'S13', 'D03', 'D05']

describe('a cluster that refuses Services is not blamed:', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(2)
    cluster.desk.file('flatnet.yaml', SETTINGS)
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  /** Runs before a gate that lets so many Services through. */
  async function allowed(services: number, message: string) {
    let made = 0
    await using gate = await gateBefore(cluster.desk.path('kubeconfig'), (verb, path, query) => {
      if (verb !== 'POST' || !path.endsWith('/services')) return undefined
      // A quota is not charged for a dry run.
      if (services > 0 && query.includes('dryRun=All')) return undefined
      made += 1
      return made > services ? { code: 403, reason: 'Forbidden', message } : undefined
    })
    const kubeconfig = cluster.desk.file('gate.kubeconfig', gate.kubeconfig)
    const outcome = await cluster.desk.run(['run', ...IDS, '--kubeconfig', kubeconfig])
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], outcome.stdout)
    assert.deepEqual(await cluster.namespaces(), [])
    const list = (which: 'inconclusive' | 'skipped') => report.profiles.flatMap((profile) => profile[which] ?? [])
    return { outcome, unsure: list('inconclusive'), skipped: list('skipped') }
  }

  it('a quota allows three', async () => {
    const words = 'exceeded quota: three, requested: services=1, used: services=3, limited: services=3'
    const { outcome, unsure } = await allowed(3, `services "x" is forbidden: ${words}`)
    assert.equal(outcome.code, 2, outcome.stdout)
    // One of them had the third, or none: they start in any order.
    const ids = new Set(unsure.map(({ id }) => id))
    assert.ok(ids.size >= 4 && !['P02', 'S01', 'D01'].some((id) => ids.has(id)), outcome.stdout)
    for (const { because } of unsure) assert.match(because, /could not create Service .*: a quota is exhausted: /)
  })

  it('none may be made', async () => {
    const words = 'services is forbidden: User "ci" cannot create resource "services"'
    const { outcome, unsure, skipped } = await allowed(0, words)
    assert.equal(outcome.code, 3, outcome.stdout)
    assert.deepEqual(unsure, [])
    const told = skipped.filter(({ because }) => because.startsWith('needs services: '))
    const ids = new Set(told.map(({ id }) => id))
    assert.deepEqual(
      IDS.filter((id) => !ids.has(id)),
      ['P02'],
      outcome.stdout,
    )
    for (const { because } of told) assert.ok(because.includes(words), because)
  })
})
