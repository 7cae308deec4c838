import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { watchLines } from '../../cli/watch/lines.ts'
import { duration, watchOptions } from '../../cli/watch/options.ts'
import { WatchReport, watchSchema } from '../../watch/schema.ts'
import { watchReport } from './watch-reports.ts'

const plain = (_: unknown, text: string) => text

describe('the report of a watch', () => {
  it('has the schema that is published', () => {
    const published = readFileSync(new URL('../../docs/schemas/watch-report.schema.json', import.meta.url), 'utf8')
    assert.deepEqual(JSON.parse(published), watchSchema(), 'npm run schema writes it anew')
    for (const isBroken of [true, false]) WatchReport.parse(watchReport({ isBroken }))
  })

  it('is told in 80 columns, the worst direction first, and all quiet ones in one line', () => {
    const lines = watchLines(watchReport({ isBroken: true }), plain)
    assert.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    )
    const at = (words: RegExp) => lines.findIndex((line) => words.test(line))
    assert.match(lines[0] ?? '', /^BROKEN {3}120 s, 3 nodes, 40,000 conversations$/)
    assert.ok(at(/a path was dark for 2.7 s, longer than --budget 1 s/) > 0)
    assert.ok(at(/node-2 → its peers.*2\.1 s +2\.7 s.*- +4\.2 s$/) < at(/node-1 → cluster DNS/))
    assert.ok(at(/61 new timed out/) > 0 && at(/1 established died/) > 0)
    assert.equal(lines.filter((line) => /^nothing in the other 9 directions/.test(line)).length, 1)
    assert.ok(at(/node-3: no probe for 12\.0 s/) > 0 && at(/node-1: not observed for 300 ms, no CPU/) > 0)
  })

  it('says in one line that nothing happened', () => {
    const lines = watchLines(watchReport({ isBroken: false }), plain)
    assert.match(
      lines.join(' '),
      /^KEPT .* nothing was dark, lost or translated in 12 directions, 100 ms apart; slowest answer 12 ms$/,
    )
  })
})

describe('the flags of a watch', () => {
  const flags = { settle: '15s', every: '100ms' }

  it('take durations with a unit', () => {
    assert.deepEqual(
      ['500ms', '2s', '1.5m', '1h'].map((word) => duration('--for', word)),
      [500, 2_000, 90_000, 3_600_000],
    )
    for (const word of ['2', '-1s', '2 s', 's', '2d', ''])
      assert.throws(() => duration('--for', word), { name: 'UsageError', message: /^--for takes a duration such as/ })
  })

  it('say how long it lasts, and by which program', () => {
    assert.throws(() => watchOptions([], flags), /expected how long to watch/)
    assert.throws(() => watchOptions(['true'], { ...flags, for: '2s' }), /lasts as long as its command/)
    assert.throws(() => watchOptions(['no-such-program'], flags), /cannot start "no-such-program"/)
    assert.throws(() => watchOptions([], { ...flags, for: '2s', every: '1ms' }), /--every takes a duration from/)
    assert.throws(() => watchOptions([], { ...flags, metrics: 'nine' }), /--metrics takes/)
    assert.deepEqual(watchOptions([], { ...flags, metrics: ':9090' }).metrics, { port: 9_090 })
    assert.deepEqual(watchOptions(['sh', '-c', 'exit'], { ...flags, budget: '2s' }).budgetMs, 2_000)
  })
})
