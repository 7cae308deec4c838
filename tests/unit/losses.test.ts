import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { End, Path } from '../../contract/path.ts'
import { lossesIn } from '../../reports/losses.ts'
import type { Result } from '../../reports/model.ts'
import { judge } from '../../reports/verdict.ts'
import { model, P01, result } from './results.ts'

const end = (node: string): End => ({ kind: 'pod', name: `pod of ${node}`, node })
const path = (packets: number, lost: number, more: Partial<Path> = {}): Path => ({
  ...{ from: end('a'), to: end('b'), protocol: 'UDP', via: 'pod IP', effect: 'ok', port: 7000, isNew: false },
  ...{ count: 1, against: 0, packets, lost },
  ...more,
})
const row = (...paths: Path[]): Result => {
  const given = result(P01, 'passed')
  return { ...given, evidence: { ...given.evidence, paths } }
}
const times = (n: number, each: Result): Result[] => Array.from({ length: n }, () => each)

describe('the packets that a run lost', () => {
  it('are too many if most rows lost a tenth between the same two places', () => {
    const says = lossesIn([...times(6, row(path(20, 6))), ...times(4, row(path(40, 0)))]) ?? ''
    assert.match(says, /^13 % of the UDP datagrams between a and b got no answer, in 6 of 10 rows\. /)
    const back = row(path(10, 1, { from: end('b'), to: end('a') }), path(10, 2))
    assert.match(lossesIn(times(8, back)) ?? '', /^15 % of the UDP datagrams between a and b /)
  })

  it('are those of a busy moment if most rows lost none, however many the others lost', () => {
    assert.equal(lossesIn([...times(5, row(path(100, 90))), ...times(5, row(path(20, 0)))]), undefined)
  })

  it('say nothing in few rows, or in rows with few packets', () => {
    assert.equal(lossesIn(times(7, row(path(20, 10)))), undefined)
    assert.equal(lossesIn(times(20, row(path(9, 9)))), undefined)
  })

  it('are told for the place that lost the largest share, by transport', () => {
    const service: End = { kind: 'service', name: 'the standing Service', node: '' }
    const outside: End = { kind: 'outside', name: 'internet', node: '' }
    const each = row(
      path(20, 4, { to: service }),
      path(20, 8, { to: outside, protocol: 'HTTP' }),
      path(20, 0),
      path(20, 6, { to: end('a') }),
    )
    assert.match(
      lossesIn(times(8, each)) ?? '',
      /^40 % of the first packets of TCP connections between a and hosts outside the cluster got no answer/,
    )
    assert.match(
      lossesIn(times(8, row(path(20, 6, { to: end('a') })))) ?? '',
      /^30 % of the UDP datagrams within a got/,
    )
  })

  it('make a run without broken promises inconclusive, and no broken promise unbroken', () => {
    const lossy = times(8, row(path(20, 6)))
    assert.equal(judge(model(lossy)).exitCode, 2)
    assert.match(judge(model(lossy)).trouble ?? '', /^30 % of the UDP datagrams/)
    const verdict = judge(model([...lossy, result(P01, 'failed', 'why')]))
    assert.deepEqual([verdict.exitCode, verdict.core.failed.length], [1, 1])
  })
})
