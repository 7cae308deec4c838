import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WatchEvent, Watched } from '../../probe/watch/types.ts'
import { ProbeClock } from '../../watch/clock.ts'
import { directionsOf, isQuiet, longestIn, PEERS, worstFirst } from '../../watch/directions.ts'
import { WatchRecord } from '../../watch/record.ts'
import { reportOf, type WatchFacts } from '../../watch/report.ts'
import { both, gaps, minus, sumOf, union } from '../../watch/spans.ts'

const NODES = ['node-1', 'node-2', 'node-3']
const uid = (node: string) => `uid of ${node}`

/** The account of a probe whose clock began at `zero` on ours; times in it are on our clock. */
function account(zero: number, now: number, more: Partial<Watched> = {}): Watched {
  const own = (time: number) => time - zero
  const spans = <T extends { from: number; to: number }>(all: T[] = []) =>
    all.map((each) => ({ ...each, from: own(each.from), to: own(each.to) }))
  return {
    instance: `since ${zero}`,
    since: 0,
    tallies: {},
    durations: {},
    lost: 0,
    ...more,
    now: own(now),
    events: spans(more.events),
    noCpu: spans(more.noCpu),
  }
}

const dark = (flow: string, from: number, to: number, count: number, more: Partial<WatchEvent> = {}): WatchEvent => ({
  ...{ seq: 1, flow, is: 'dark', from, to, counts: { timeout: count }, over: true },
  ...more,
})

/** A record of three probes that were there from 0 to 60 s, with these events by node. */
function recorded(events: Record<string, WatchEvent[]>, more: Record<string, Partial<Watched>> = {}): WatchRecord {
  const record = new WatchRecord()
  record.begin(5_000)
  for (const node of NODES) {
    record.take(node, uid(node), 0, 2, account(-1_000, 1))
    record.take(node, uid(node), 59_999, 60_001, account(-1_000, 60_000, { events: events[node] ?? [], ...more[node] }))
  }
  record.end(58_000)
  record.conclude()
  return record
}

const told = (record: WatchRecord) =>
  worstFirst(directionsOf(record.paths).filter((each) => !isQuiet(each))).map(
    (each) => `${each.from} → ${each.to} ${Math.round(longestIn(each))}`,
  )

describe('times', () => {
  it('are joined, cut and crossed', () => {
    const some = [
      { from: 0, to: 10 },
      { from: 5, to: 20 },
      { from: 30, to: 40 },
    ]
    assert.deepEqual(union(some), [
      { from: 0, to: 20 },
      { from: 30, to: 40 },
    ])
    assert.deepEqual(minus(some, [{ from: 15, to: 35 }]), [
      { from: 0, to: 15 },
      { from: 35, to: 40 },
    ])
    assert.deepEqual(both(some, [{ from: 15, to: 35 }]), [
      { from: 15, to: 20 },
      { from: 30, to: 35 },
    ])
    assert.equal(sumOf(gaps(union(some), { from: 0, to: 100 })), 70)
  })

  it('of a probe are mapped by the shortest exchange, which says how wrong they may be', () => {
    const clock = new ProbeClock()
    clock.take({ sent: 1_000, received: 1_400, now: 90 })
    assert.deepEqual([clock.errorMs, clock.here(90)], [200, 1_200])
    clock.take({ sent: 2_000, received: 2_010, now: 1_000 })
    assert.deepEqual([clock.errorMs, clock.here(1_500)], [5, 2_505])
    clock.take({ sent: 3_000, received: 3_100, now: 2_000 })
    assert.equal(clock.errorMs, 5)
  })
})

describe('a path', () => {
  it('is dark from the first to the last of its failures in a row, on the clock of this process', () => {
    const record = recorded({ 'node-1': [dark('node node-2, TCP new', 20_000, 22_000, 20)] })
    const [path] = record.paths
    assert.deepEqual(path?.dark, [{ from: 20_000, to: 22_000 }])
    assert.deepEqual(path?.counts, { timeout: 20 })
    assert.deepEqual(told(record), ['node-1 → node-2 2000'])
  })

  it('that lost a single conversation is not dark', () => {
    const [path] = recorded({ 'node-1': [dark('node node-2, UDP new', 20_000, 20_100, 1)] }).paths
    assert.deepEqual([path?.dark, path?.losses, path?.counts], [[], 1, {}])
  })

  it('is dark once, although its failures were reported in parts', () => {
    const parts = [
      dark('dns, DNS', 20_000, 21_000, 10, { over: undefined as never }),
      dark('dns, DNS', 21_000, 21_500, 5, { seq: 2, continues: true }),
    ]
    assert.deepEqual(recorded({ 'node-1': parts }).paths[0]?.dark, [{ from: 20_000, to: 21_500 }])
  })

  it('counts only within the watch', () => {
    const [path] = recorded({ 'node-1': [dark('node node-2, TCP new', 4_000, 6_000, 20)] }).paths
    assert.deepEqual(path?.dark, [{ from: 5_000, to: 6_000 }])
    assert.deepEqual(path?.counts, { timeout: 10 })
  })

  it('is not dark while an end has no CPU, and this is told of that end', () => {
    const noCpu = [{ seq: 9, from: 19_000, to: 23_000 }]
    const event = dark('node node-2, TCP new', 20_000, 22_000, 20)
    for (const starved of ['node-1', 'node-2']) {
      const events = { 'node-1': [event] }
      const more = { [starved]: { noCpu, ...(starved === 'node-1' && { events: [event] }) } }
      const record = recorded(events, more)
      assert.deepEqual(record.paths[0]?.dark, [], starved)
      assert.equal(sumOf(record.unseen(starved)), 2_000)
    }
    const other = recorded({ 'node-1': [event] }, { 'node-3': { noCpu } })
    assert.equal(sumOf(other.paths[0]?.dark ?? []), 2_000)
    assert.deepEqual(other.unseen('node-3'), [])
  })

  it('to a probe that was away is not dark, and the end of its connections is no death', () => {
    const record = new WatchRecord()
    record.begin(0)
    const event = dark('node node-2, TCP kept', 20_000, 31_500, 100, { counts: { timeout: 100, died: 1 } })
    record.take('node-1', uid('node-1'), 0, 2, account(-1_000, 1))
    record.take('node-2', uid('node-2'), 19_998, 20_000, account(-1_000, 19_999))
    // Its container started again at 31 s.
    record.take('node-2', uid('node-2'), 59_999, 60_001, account(31_000, 60_000))
    record.take('node-1', uid('node-1'), 59_999, 60_001, account(-1_000, 60_000, { events: [event] }))
    record.end(58_000)
    record.conclude()
    assert.deepEqual([record.paths[0]?.dark, record.paths[0]?.counts], [[], {}])
    assert.equal(Math.round(sumOf(record.nodes.get('node-2')?.absent({ from: 0, to: 58_000 }) ?? [])), 11_001)
    assert.equal(record.nodes.get('node-2')?.starts, 2)
  })

  it('is judged once its server was heard, however late', () => {
    const heard: number[] = []
    const record = new WatchRecord((_, spans) => heard.push(sumOf(spans)))
    record.begin(0)
    const event = dark('node node-2, TCP new', 20_000, 22_000, 20)
    for (const node of NODES) record.take(node, uid(node), 0, 2, account(-1_000, 1))
    record.take('node-1', uid('node-1'), 24_999, 25_001, account(-1_000, 25_000, { events: [event] }))
    assert.deepEqual(heard, [])
    record.take('node-2', uid('node-2'), 39_999, 40_001, account(-1_000, 40_000))
    assert.deepEqual(heard, [2_000])
  })
})

describe('what failed before the watch began', () => {
  it('does not count, also if it was judged by then', () => {
    const heard: number[] = []
    const record = new WatchRecord((_, spans) => heard.push(sumOf(spans)))
    const flow = 'service, TCP new'
    const early = [dark(flow, 2_000, 4_000, 20), dark(flow, 5_000, 5_000, 1, { seq: 2 })]
    for (const node of NODES) {
      record.take(node, uid(node), 0, 2, account(-1_000, 1))
      record.take(node, uid(node), 8_999, 9_001, account(-1_000, 9_000, node === 'node-1' ? { events: early } : {}))
    }
    record.begin(9_000)
    const late = [dark(flow, 20_000, 21_000, 10, { seq: 3 })]
    for (const node of NODES)
      record.take(node, uid(node), 59_999, 60_001, account(-1_000, 60_000, node === 'node-1' ? { events: late } : {}))
    record.end(58_000)
    record.conclude()
    const [path] = record.paths
    assert.deepEqual([path?.dark, path?.counts, path?.losses], [[{ from: 20_000, to: 21_000 }], { timeout: 10 }, 0])
    assert.deepEqual(heard, [1_000])
  })
})

describe('a direction', () => {
  const toAndFrom = (node: string, from: number, to: number) =>
    Object.fromEntries(
      NODES.map((each) => [
        each,
        NODES.filter((other) => other !== each && (each === node || other === node)).map((other, i) =>
          dark(`node ${other}, TCP new`, from + i * 30, to + i * 40, 20, { seq: i + 1 }),
        ),
      ]),
    )

  it('of a node is dark if all its paths are, and the nodes at their other ends are not', () => {
    const record = recorded(toAndFrom('node-2', 20_000, 22_000))
    assert.deepEqual(told(record).sort(), [`${PEERS} → node-2 2000`, `node-2 → ${PEERS} 2040`].sort())
  })

  it('counts established connections that ended, and translations, without any dark time', () => {
    const record = recorded({
      'node-1': [
        dark('node node-2, TCP kept', 20_000, 20_000, 0, { counts: { died: 1 } }),
        dark('node node-3, UDP new', 30_000, 31_000, 0, { seq: 2, is: 'translated', counts: { translated: 10 } }),
      ],
    })
    const counts = directionsOf(record.paths)
      .filter((each) => !isQuiet(each))
      .map((each) => [each.to, each.counts])
    assert.deepEqual(counts, [
      ['node-2', { establishedDied: 1 }],
      ['node-3', { translated: 10 }],
    ])
  })
})

describe('the result of a watch', () => {
  const FACTS: WatchFacts = {
    ...{ run: 'r', source: 'reference', startedAt: new Date(0), everyMs: 100, service: '10.96.0.9' },
    ...{ isInterrupted: false, isCalm: true, silent: [], away: [], happenings: [] },
  }
  const flow = 'node node-2, TCP new'
  /** A path that is dark to the end, and was answered so many times. */
  const lost = (answered: number) =>
    reportOf(
      recorded(
        { 'node-1': [dark(flow, 20_000, 59_000, 390)] },
        { 'node-1': { tallies: { [flow]: { asked: 590, answered, slowestMs: 3 } } } },
      ),
      { ...FACTS, budgetMs: 1_000 },
    )

  it('is broken if a path is dark for longer than the budget, or still dark at the end', () => {
    const { result, because } = lost(200)
    assert.equal(result, 'broken')
    assert.match(because.join('; '), /dark for 38 s, longer than --budget 1 s; still dark at the end: node-1 → node-2/)
  })

  it('is no verdict about a path that was never answered, so that nothing could be lost', () => {
    const { result, because } = lost(0)
    assert.equal(result, 'inconclusive')
    assert.match(because.join('; '), /^never answered, so nothing could be lost: node-1 → node-2/)
  })

  it('says nothing about a neighbour that was asked no more when the watch began', () => {
    const record = new WatchRecord()
    const once = 'node node-3, TCP new'
    const answered = (asked: number) => ({ asked, answered: asked, slowestMs: 3 })
    const never = { [once]: { asked: 2, answered: 0, slowestMs: 0 } }
    const accounts: [number, Partial<Watched>][] = [
      [1_000, { tallies: never, events: [dark(once, 500, 700, 2)] }],
      [4_000, { tallies: { [flow]: answered(30) } }],
    ]
    for (const node of NODES) record.take(node, uid(node), 0, 2, account(-1_000, 1))
    for (const [at, more] of accounts) record.take('node-1', uid('node-1'), at - 1, at + 1, account(-1_000, at, more))
    assert.deepEqual(
      record.pathsNow.map(({ target }) => target),
      [{ node: 'node-2' }],
    )
    record.begin(5_000)
    for (const node of NODES) {
      const more = node === 'node-1' ? { tallies: { [flow]: answered(590) } } : {}
      record.take(node, uid(node), 59_999, 60_001, account(-1_000, 60_000, more))
    }
    record.end(58_000)
    record.conclude()
    const { result, because } = reportOf(record, FACTS)
    assert.deepEqual([result, because], ['kept', []])
  })

  it('is no verdict about a path that was dark already when a watch began that was not calm, until it was answered', () => {
    const early = dark(flow, 3_000, 59_000, 560)
    const later = [dark(flow, 3_000, 9_000, 60), dark(flow, 20_000, 22_000, 20, { seq: 2 })]
    const judged = (events: WatchEvent[], isCalm: boolean) => {
      const record = new WatchRecord()
      record.begin(5_000, isCalm)
      for (const node of NODES) record.take(node, uid(node), 0, 2, account(-1_000, 1))
      const more = { events, tallies: { [flow]: { asked: 590, answered: 30, slowestMs: 3 } } }
      for (const node of NODES)
        record.take(node, uid(node), 59_999, 60_001, account(-1_000, 60_000, node === 'node-1' ? more : {}))
      record.end(58_000)
      record.conclude()
      return reportOf(record, { ...FACTS, isCalm, budgetMs: 1_000 })
    }
    const words = 'dark already when the watch began, so not judged until answered: node-1 → node-2'
    const { result, because, longestMs } = judged([early], false)
    assert.deepEqual([result, because, longestMs], ['inconclusive', [words], 0])
    const again = judged(later, false)
    assert.deepEqual([again.result, again.longestMs, again.because.at(-1)], ['broken', 2_000, words])
    assert.equal(judged([early], true).result, 'broken')
  })

  it('is no verdict where the probe of a node was not back at the end, unless the node is away', () => {
    const record = new WatchRecord()
    record.begin(5_000)
    for (const node of NODES) record.take(node, uid(node), 0, 2, account(-1_000, 1))
    for (const node of NODES) record.take(node, uid(node), 19_998, 20_000, account(-1_000, 19_999))
    for (const node of ['node-1', 'node-3']) record.take(node, uid(node), 59_999, 60_001, account(-1_000, 60_000))
    // Its container started again after the end of the watch.
    record.take('node-2', uid('node-2'), 69_999, 70_001, account(69_000, 70_000))
    const tallies = { 'node node-1, TCP new': { asked: 590, answered: 590, slowestMs: 3 } }
    record.take('node-3', uid('node-3'), 70_000, 70_002, account(-1_000, 70_001, { tallies }))
    record.end(58_000)
    record.conclude()
    const { result, because } = reportOf(record, FACTS)
    assert.equal(result, 'inconclusive')
    assert.match(because.join('; '), /^node-2 had no probe at the end, .*--settle waits for it$/)
    assert.equal(reportOf(record, { ...FACTS, away: ['node-2'] }).result, 'kept')
  })
})
