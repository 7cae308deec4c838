import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Model, RowStatus } from '../../reports/model.ts'
import { reportOf } from '../../reports/report.ts'
import { judge } from '../../reports/verdict.ts'
import { E01, model, P01, P02, result } from './results.ts'

const all = (status: RowStatus) => [result(P01, 'passed'), result(P02, status, 'why'), result(E01, 'passed')]

describe('the verdict', () => {
  const cases: [string, Model, string, number][] = [
    ['conforms when everything ran and passed', model(all('passed')), 'conformant', 0],
    ['is non-conformant when a core row failed', model(all('failed')), 'non-conformant', 1],
    ['is partial when a core row was skipped', model(all('skipped')), 'partial', 3],
    ['is inconclusive when a row could not be judged', model(all('inconclusive')), 'inconclusive', 2],
    [
      'is partial when a core row was not selected',
      model([result(P01, 'passed'), result(E01, 'passed')]),
      'partial',
      3,
    ],
    [
      'conforms, core, when an extended row failed; the exit code says so',
      model([result(P01, 'passed'), result(P02, 'passed'), result(E01, 'failed')]),
      'conformant',
      1,
    ],
    [
      'is unmoved by a skipped extended row',
      model([result(P01, 'passed'), result(P02, 'passed'), result(E01, 'skipped')]),
      'conformant',
      0,
    ],
    ['is inconclusive on nothing at all', model([], 'the cluster could not be reached'), 'inconclusive', 2],
  ]
  for (const [name, given, conclusion, exitCode] of cases) {
    it(name, () => {
      const verdict = judge(given)
      assert.deepEqual([verdict.result, verdict.exitCode], [conclusion, exitCode])
    })
  }

  it('is at best partial where a node takes no part because its network is not ready', () => {
    const given = model(all('passed'))
    Object.assign(given.facts?.cluster ?? {}, { withoutNetwork: ['node-3'] })
    const verdict = judge(given)
    assert.deepEqual([verdict.result, verdict.core.result, verdict.exitCode], ['partial', 'partial', 3])
  })

  it('of a shard ends with the code of its own rows', () => {
    const rows = [P01, P02].map(({ uri, line }) => `${uri}:${line}`)
    const shard = { index: 1, of: 2, rows, settings: {} }
    const given = model([result(P01, 'passed')])
    Object.assign(given.facts ?? {}, { planned: rows.slice(0, 1), shard })
    const verdict = judge(given)
    assert.deepEqual([verdict.result, verdict.exitCode], ['partial', 0])
    assert.deepEqual(
      verdict.core.untested.map(({ id, because }) => `${id} ${because}`),
      ['P02 run by another shard'],
    )
    Object.assign(given.facts ?? {}, { shard: { ...shard, rows: rows.slice(0, 1) } })
    assert.equal(judge(given).exitCode, 3, 'no shard runs the other row')
  })

  it('prefers a failure to everything else', () => {
    assert.equal(judge(model([result(P01, 'failed'), result(P02, 'inconclusive')])).exitCode, 1)
  })

  it('takes no failure for the network’s when the whole run is in doubt', () => {
    const verdict = judge(model(all('failed'), 'NetworkPolicy x appeared'))
    assert.deepEqual([verdict.exitCode, verdict.core.failed.length, verdict.core.inconclusive.length], [2, 0, 1])
    assert.match(verdict.core.inconclusive[0]?.because ?? '', /NetworkPolicy x appeared/)
  })

  it('lists what was not tested in the order of the book, selected or not', () => {
    const { core } = judge(model([result(P02, 'skipped', 'needs multi: one node')]))
    assert.deepEqual(
      core.untested.map(({ id, because }) => [id, because]),
      [
        ['P01', 'not selected'],
        ['P02', 'needs multi: one node'],
      ],
    )
  })
})

describe('the report object', () => {
  it('has the contract’s fields', () => {
    const violation = { expected: 'a thing', actual: 'why' }
    const given = model([result(P01, 'passed'), result(P02, 'failed', 'why', violation), result(E01, 'passed')])
    const report = reportOf(given, judge(given)) as Record<string, never> & {
      profiles: { statistics: object; failed: object[] }[]
    }
    assert.deepEqual(
      [report.apiVersion, report.kind, report.date, report.result],
      ['flatnet/v1', 'ConformanceReport', '2026-01-02', 'non-conformant'],
    )
    assert.deepEqual(report.profiles[0]?.statistics, { passed: 1, failed: 1, skipped: 0, inconclusive: 0 })
    assert.deepEqual(report.profiles[0]?.failed, [
      { id: 'P02', row: 'TCP', title: 'the promise P02', expected: 'a thing', because: 'why' },
    ])
    assert.deepEqual(report.capabilities, { supported: ['multi'], unsupported: [{ name: 'dns', because: 'none' }] })
    assert.match(JSON.stringify(report.observations), /"datagrams":15,"answered":12/)
  })
})
