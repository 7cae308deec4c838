import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { preflight } from '../../reference/index.ts'
import { WatchReport } from '../../watch/schema.ts'
import { type Outcome, sentenceOf } from './cli.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const BEGUN = /wait until every path is answered/
/** Two intervals, and what it takes to run a command on a node of a busy machine. */
const TOLERANCE_MS = 700

describe('flatnet watch', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(3)
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  const reportOf = ({ stdout, stderr }: Outcome): WatchReport => {
    assert.ok(stdout.startsWith('{'), stdout + stderr)
    return WatchReport.parse(JSON.parse(stdout))
  }

  it('finds the dark time of one node by every kind of conversation, and none elsewhere', async (t) => {
    const run = cluster.start('watch', '--for', '9s', '--json', '--budget', '1s', '--output', 'watched')
    await run.says(BEGUN)
    const wanted = randomInt(2_000, 4_000)
    await delay(randomInt(500, 1_500))
    const before = performance.now()
    const gone = await cluster.fault('node-2', 'filter hook forward priority 0', 'drop')
    const from = performance.now()
    await delay(wanted)
    const until = performance.now()
    await gone[Symbol.asyncDispose]()
    const [least, most] = [until - from, performance.now() - before]
    const outcome = await run.done
    const report = reportOf(outcome)
    t.diagnostic(`dark for ${Math.round(least)} to ${Math.round(most)} ms; seen: ${report.longestMs} ms`)
    const unseen = Math.max(...report.nodes.map(({ noCpuMs }) => noCpuMs))
    const dark = report.paths.filter((path) => path.dark.length > 0 && !['Service', 'cluster DNS'].includes(path.to))
    for (const { from, to } of dark) assert.ok([from, to].includes('node-2'), `${from} → ${to}`)
    for (const kind of ['TCP new', 'UDP new', 'UDP kept'] as const) {
      const [from, to] = [`node-2 → its peers`, `its peers → node-2`].map((name) =>
        report.directions.find((each) => `${each.from} → ${each.to}` === name),
      )
      for (const direction of [from, to]) {
        const seen = direction?.kinds.find((each) => each.kind === kind)?.longestMs ?? 0
        assert.ok(seen + unseen >= least - TOLERANCE_MS, `${kind}: ${seen} ms dark and ${unseen} ms unseen`)
        assert.ok(seen <= most + TOLERANCE_MS, `${kind}: ${seen} ms`)
      }
    }
    if (unseen === 0) assert.equal(report.result, 'broken', report.because.join())
    assert.equal(outcome.code, { kept: 0, broken: 1, inconclusive: 2, interrupted: 130 }[report.result])
    assert.ok(cluster.desk.has('watched/index.html'))
    assert.deepEqual(await cluster.namespaces(), [])
  })

  it('finds nothing on a healthy cluster while a command runs, and says how the command ended', async () => {
    const kubeconfig = cluster.desk.path('kubeconfig')
    const flags = ['--kubeconfig', kubeconfig, '--json', '--settle', '2s', '--budget', '0s']
    const command = ['sh', '-c', 'echo "to $KUBECONFIG"; sleep 3; exit 3']
    const outcome = await cluster.desk.run(['watch', ...flags, '--', ...command])
    const report = reportOf(outcome)
    assert.match(outcome.stderr, /^ {2}\| {2}to \/.*kubeconfig$/m)
    assert.equal(report.command?.exitCode, 3)
    assert.equal(report.longestMs, 0, JSON.stringify(report.directions))
    assert.deepEqual(
      report.paths.filter(({ counts }) => Object.keys(counts).length > 0),
      [],
    )
    assert.ok(report.conversations.answered > 500)
    assert.match(report.because.join(), /the command ended with 3/)
    assert.equal(outcome.code, 2)
  })

  it('is told by Ctrl-C to end, reports, and leaves nothing', async () => {
    const run = cluster.start('watch', '--metrics', '127.0.0.1:0')
    assert.match(sentenceOf(await run.done), /--metrics takes/)
    const port = randomInt(30_000, 32_000)
    const going = cluster.start('watch', '--metrics', `127.0.0.1:${port}`)
    await going.says(BEGUN)
    const metrics = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    for (
      const end = performance.now() + 20_000;
      !/^flatnet_watch_answers_total\{.*\} [1-9]/m.test(await metrics());
      await delay(200)
    )
      assert.ok(performance.now() < end, await metrics())
    const text = await metrics()
    for (const node of ['node-1', 'node-2', 'node-3'])
      assert.match(text, new RegExp(`flatnet_watch_probe_up\\{node="${node}"\\} 1`))
    assert.match(text, /^flatnet_watch_answer_seconds_bucket\{node="node-1",kind="TCP new",le="\+Inf"\} [1-9]/m)
    going.child.kill('SIGINT')
    const { code, stdout, stderr } = await going.done
    assert.equal(code, 130, stdout + stderr)
    assert.match(stdout, /^INTERRUPTED {3}/m)
    assert.deepEqual(await cluster.namespaces(), [])
  })

  it('that was killed is cleaned after', async () => {
    const victim = cluster.start('watch', '--for', '1m')
    await victim.says(BEGUN)
    victim.child.kill('SIGKILL')
    await victim.done
    assert.equal((await cluster.namespaces()).length, 1)
    const { code, stderr } = await cluster.run('clean')
    assert.equal(code, 0, stderr)
    assert.deepEqual(await cluster.namespaces(), [])
  })
})
