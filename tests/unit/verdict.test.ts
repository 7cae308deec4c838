import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Model, Result, RowStatus } from '../../reports/model.ts'
import { reportOf } from '../../reports/report.ts'
import type { Level, Row } from '../../reports/rows.ts'
import { requirementLines, untestedLines, verdictLines, wrap } from '../../reports/terminal.ts'
import { judge } from '../../reports/verdict.ts'

const row = (id: string, level: Level, line: number): Row => ({
  ...{
    id,
    level,
    line,
    chapter: 'Rule 1',
    title: `the promise ${id}`,
    row: 'TCP',
    name: id,
    tags: [],
    uri: 'a.feature',
  },
})
const quality = { datagrams: 5, answers: 4, retransmitted: 0, connectMs: [1, 2] }
const result = (of: Row, status: RowStatus, because = ''): Result => ({
  ...{ ...of, status, because, duration: 12, tables: [] },
  evidence: { flows: [], flowsTotal: 1, quality },
})
const [P01, P02, E01] = [row('P01', 'core', 1), row('P02', 'core', 2), row('E01', 'extended', 3)]

const model = (results: Result[], trouble?: string): Model =>
  ({
    results,
    observations: [],
    facts: {
      ...{ run: 'r', flatnetVersion: '0', startedAt: '2026-01-02T03:04:05Z', cluster: { source: 'fake' } },
      capabilities: { multi: { has: true }, dns: { has: false, because: 'none' } },
      specification: [P01, P02, E01],
    },
    end: { seconds: 1, apiRequests: 3, ...(trouble && { trouble }) },
  }) as unknown as Model

const all = (status: RowStatus) => [result(P01, 'passed'), result(P02, status, 'why'), result(E01, 'passed')]
const plain = (_style: unknown, text: string) => text

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
    const given = model(all('failed'))
    const report = reportOf(given, judge(given)) as Record<string, never> & {
      profiles: { statistics: object; failed: object[] }[]
    }
    assert.deepEqual(
      [report.apiVersion, report.kind, report.date, report.result],
      ['flatnet/v1', 'ConformanceReport', '2026-01-02', 'non-conformant'],
    )
    assert.deepEqual(report.profiles[0]?.statistics, { passed: 1, failed: 1, skipped: 0, inconclusive: 0 })
    assert.deepEqual(report.profiles[0]?.failed, [{ id: 'P02', row: 'TCP', title: 'the promise P02', because: 'why' }])
    assert.deepEqual(report.capabilities, { supported: ['multi'], unsupported: [{ name: 'dns', because: 'none' }] })
    assert.match(JSON.stringify(report.observations), /"datagrams":15,"answered":12/)
  })
})

describe('the screen', () => {
  it('has a line for a promise, and under it why it was not kept', () => {
    const lines = requirementLines([result(P01, 'failed', 'client says a\nserver saw b')], plain)
    assert.match(lines[0] ?? '', /^ {2}FAIL {2}P01 {3}the promise P01 .* tcp +12 ms$/)
    assert.deepEqual(
      lines.slice(1).map((line) => line.trim()),
      ['client says a', 'server saw b', 'why it matters: flatnet explain P01'],
    )
  })

  it('stays within eighty columns', () => {
    const long = 'a sentence that goes on and on '.repeat(8).trim()
    const verdict = judge(model([result(P01, 'failed', long), result(P02, 'skipped', long)]))
    const lines = [
      ...requirementLines(verdict.core.failed, plain),
      ...untestedLines(verdict.core.untested, plain),
      ...verdictLines(verdict, { seconds: 1, apiRequests: 2 }, 'out', plain),
      ...wrap(long, 80),
    ]
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    )
  })
})
