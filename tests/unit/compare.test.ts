import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { comparisonLines } from '../../cli/report/lines.ts'
import { compare } from '../../reports/compare.ts'
import type { Model, RowStatus } from '../../reports/model.ts'
import { cause, explained, hostileRun } from './hostile.ts'
import { E01, model, P01, P02, result } from './results.ts'

const violation = { expected: 'a thing', actual: 'another thing' }
const run = (p01: RowStatus, p02: RowStatus, change: (given: Model) => void = () => {}): Model => {
  const given = model([result(P01, p01, 'why', violation), result(P02, p02, 'why'), result(E01, 'passed')])
  change(given)
  return given
}
const between = (a: Model, b: Model, causes: Parameters<typeof cause>[0][][] = [[], []]) =>
  compare(a, explained(a, (causes[0] ?? []).map(cause)), b, explained(b, (causes[1] ?? []).map(cause)))
const plain = (_style: unknown, text: string) => text

describe('two runs compared', () => {
  it('are not worse if nothing changed', () => {
    const { isWorse, worse, better, other } = between(run('passed', 'failed'), run('passed', 'failed'))
    assert.deepEqual([isWorse, worse, better, other], [false, [], [], []])
  })

  it('are worse where a kept promise is broken, not judged or not tested', () => {
    for (const [status, after] of [
      ['failed', 'broken'],
      ['inconclusive', 'not judged'],
      ['skipped', 'not tested'],
    ] as const) {
      const { isWorse, worse } = between(run('passed', 'passed'), run(status, 'passed'))
      assert.equal(isWorse, true)
      assert.deepEqual(
        worse.map((each) => [each.id, each.before, each.after]),
        [['P01', 'kept', after]],
      )
    }
  })

  it('are worse where a promise that was not tested is broken, and not where it is kept', () => {
    assert.equal(between(run('skipped', 'passed'), run('failed', 'passed')).isWorse, true)
    const { isWorse, better } = between(run('skipped', 'passed'), run('passed', 'passed'))
    assert.deepEqual([isWorse, better.map(({ id }) => id)], [false, ['P01']])
  })

  it('name the nodes and the cause of what is broken', () => {
    const after = run('failed', 'passed', ({ results: [first] }) => {
      const [from, to] = ['node-1', 'node-2'].map((node) => ({ kind: 'pod' as const, name: 'p', node }))
      const path = { protocol: 'UDP', via: 'pod IP', effect: 'timeout', port: 7000, isNew: false, count: 2 } as const
      if (first && from && to)
        first.evidence.paths = [
          { ...path, from, to, against: 2 },
          { ...path, from: to, to: from, against: 0 },
        ]
    })
    const comparison = between(run('passed', 'passed'), after, [[], [{}]])
    assert.deepEqual(
      comparison.worse.map(({ nodes, cause: by }) => [nodes, by]),
      [[['node-1 -> node-2'], 'UDP from node-1 is lost (3 of 3).']],
    )
    assert.deepEqual(comparisonLines(comparison, plain).slice(4), [
      'cause 1       New: UDP from node-1 is lost (3 of 3).',
      '    usually   a firewall',
      '',
      'Worse',
      '  P01   the promise P01',
      '        kept -> broken: TCP, explained by cause 1',
      '',
      'connect       p50 2 -> 2 ms   p90 2 -> 2 ms   p99 2 -> 2 ms',
      '',
      'WORSE   1 promise worse, 0 better; 1 new cause, 0 gone',
    ])
  })

  it('tell a cause that is new from one that is known, by its kind, protocol and nodes', () => {
    const broken = run('failed', 'passed')
    const known = between(broken, broken, [[{}], [{ says: 'UDP from node-1 is lost (9 of 9).' }]])
    assert.deepEqual([known.isWorse, known.causes.same.length], [false, 1])
    const moved = between(broken, broken, [[{}], [{ nodes: ['node-2'] }]])
    assert.deepEqual([moved.isWorse, moved.causes.new.length, moved.causes.gone.length], [true, 1, 1])
  })

  it('name the promises whose connections take much longer, and are not worse for it', () => {
    const slow = run('passed', 'passed', ({ results: [first] }) => {
      if (first) first.evidence.quality.connectMs = Array(30).fill(40)
    })
    const quick = run('passed', 'passed', ({ results: [first] }) => {
      if (first) first.evidence.quality.connectMs = Array(30).fill(4)
    })
    const { isWorse, connectMs } = between(quick, slow)
    assert.deepEqual([isWorse, connectMs.slower], [false, [{ id: 'P01', before: 4, after: 40 }]])
  })

  it('keep hostile names text', () => {
    const { given, verdict } = hostileRun()
    const lines = comparisonLines(
      compare(run('passed', 'passed'), explained(run('passed', 'passed'), []), given, verdict),
      plain,
    )
    assert.ok(!/(?!\n)\p{Cc}|\p{Bidi_Control}/u.test(lines.join('\n')))
  })
})
