import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { WatchMetrics } from '../../watch/metrics.ts'
import { WatchRecord } from '../../watch/record.ts'

/** Metrics of two probes: the first one was dark towards the second for two seconds. */
async function served(): Promise<string> {
  let metrics: WatchMetrics | undefined
  const record = new WatchRecord((...judged) => metrics?.take(...judged))
  metrics = new WatchMetrics(() => record)
  const now = performance.now()
  record.begin(now - 60_000)
  const flow = 'node node-2, TCP new'
  const event = {
    seq: 1,
    flow,
    is: 'dark' as const,
    from: 1_000,
    to: 3_000,
    counts: { timeout: 20 },
    over: true as const,
  }
  for (const node of ['node-2', 'node-1'])
    record.take(node, node, now - 1, now + 1, {
      ...{ instance: 'one', now: 60_000, since: 0, lost: 0, noCpu: [], events: node === 'node-1' ? [event] : [] },
      tallies: { [flow]: { asked: 100, answered: 80, slowestMs: 3 } },
      durations: { 'TCP new': { classes: [50, 20, 10, 0, 0, 0, 0, 0, 0, 0], sumMs: 90 } },
    })
  return metrics.registry.metrics()
}

describe('the metrics of a watch', () => {
  it('count conversations, dark times and durations by node, kind and target', async () => {
    const text = await served()
    const labels = 'node="node-1",kind="TCP new",target="pod"'
    for (const line of [
      `flatnet_watch_conversations_total{${labels}} 100`,
      `flatnet_watch_answers_total{${labels}} 80`,
      `flatnet_watch_mishaps_total{${labels},outcome="newTimedOut"} 20`,
      `flatnet_watch_dark_seconds_sum{${labels}} 2`,
      'flatnet_watch_dark_paths{node="node-1"} 0',
      'flatnet_watch_probe_up{node="node-2"} 1',
      'flatnet_watch_answer_seconds_bucket{node="node-1",kind="TCP new",le="0.002"} 70',
      'flatnet_watch_answer_seconds_count{node="node-1",kind="TCP new"} 80',
    ])
      assert.ok(text.split('\n').includes(line), `${line} is not in\n${text}`)
  })

  it('have the names that the board of Grafana asks for', async () => {
    const board = readFileSync(new URL('../../docs/grafana-watch.json', import.meta.url), 'utf8')
    const asked = new Set(board.match(/flatnet_watch_\w+/g))
    assert.ok(asked.size >= 7)
    const text = await served()
    const known = new Set(text.match(/^flatnet_watch_\w+/gm))
    assert.deepEqual(
      [...asked].filter((name) => !known.has(name)),
      [],
    )
  })
})
