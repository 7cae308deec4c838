import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { readRun } from '../../reports/read.ts'
import { Desk, sentenceOf } from './cli.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\npods: { maxNodes: 2 }\n'
/** Rows about every node, and rows that ask the sampled nodes alone. */
const IDS = ['C01', 'P02', 'S01', 'I01']
const SHARDS = [1, 2, 3]

describe('shards', () => {
  const refused: [string[], RegExp][] = [
    [['--shard', '1/3'], /^--shard needs --seed N, so that all shards draw the same\.$/],
    [['--shard', '4/3', '--seed', '1'], /^--shard: expected I\/N with I from 1 to N, or job\/N/],
    [
      ['--shard', 'job/3', '--seed', '1'],
      /^--shard job\/3: JOB_COMPLETION_INDEX is not the index of one of its pods\.$/,
    ],
    [
      ['I01', '--shard', '9/9', '--seed', '1'],
      /^--shard 9\/9: only 1 rows? (is|are) selected; expected at most as many/,
    ],
  ]
  for (const [args, sentence] of refused)
    it(`refuse ${args.join(' ')}`, async () => {
      using desk = new Desk()
      const outcome = await desk.run(['run', ...args])
      assert.match(sentenceOf(outcome), sentence)
      assert.equal(outcome.code, 64)
      assert.ok(!desk.has('flatnet-report'))
    })
})

describe('three shards of a run', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(3)
    cluster.desk.file('flatnet.yaml', SETTINGS)
    for (const [output, ...more] of [['whole'], ...SHARDS.map((i) => [`s${i}`, '--shard', `${i}/3`])]) {
      const { code, stdout } = await cluster.run(
        'run',
        ...IDS,
        '--nodes',
        'all',
        '--seed',
        '7',
        '--output',
        output ?? '',
        ...more,
      )
      assert.equal(code, 3, stdout)
    }
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  /** The rows of a run, each with its status and the pairs of nodes between which it had conversations. */
  async function rowsOf(folder: string): Promise<Map<string, string>> {
    const { results } = await readRun(cluster.desk.path(folder))
    return new Map(
      results.map(({ id, row, name, status, evidence }) => {
        // Which backend a Service chooses is chance.
        const asked = evidence.paths.map(({ from, to }) => (id.startsWith('S') ? from.node : `${from.node}>${to.node}`))
        const pairs = new Set(asked)
        return [`${id} ${row || name}`, `${status} ${[...pairs].sort().join(' ')}`]
      }),
    )
  }

  it('become the report of the whole run', async () => {
    const merged = await cluster.desk.run(['report', '--merge', 's3', 's1', 's2', '--output', 'merged'])
    assert.equal(merged.code, 3, merged.stderr)
    assert.deepEqual([...(await rowsOf('merged'))].sort(), [...(await rowsOf('whole'))].sort())
    assert.ok(cluster.desk.has('merged/index.html') && cluster.desk.has('merged/junit.xml'))
  })

  it('ask no pair of neighbours twice', async () => {
    const asked = async (folder: string) => {
      const { results } = await readRun(cluster.desk.path(folder))
      const row = results.find(({ id, row }) => id === 'P02' && row === 'TCP')
      return (row?.evidence.paths ?? []).map(({ from, to }) => `${from.node}>${to.node}`)
    }
    const parts = await Promise.all(SHARDS.map((i) => asked(`s${i}`)))
    const once = parts.map((part) => new Set(part))
    for (const [i, part] of once.entries())
      for (const other of once.slice(i + 1))
        assert.deepEqual(
          [...part].filter((pair) => other.has(pair)),
          [],
        )
    assert.ok(once.every(({ size }) => size > 0))
  })

  it('are inconclusive where one is missing, and are refused where one is twice', async () => {
    const missing = await cluster.desk.run(['report', '--merge', 's1', 's3', '--output', 'two', '--json'])
    assert.equal(missing.code, 2, missing.stderr)
    assert.equal((JSON.parse(missing.stdout) as { because: string }).because, 'shard 2 of 3 is missing.')
    const twice = await cluster.desk.run(['report', '--merge', 's1', 's1', 's2', '--output', 'none'])
    assert.match(sentenceOf(twice), /^s1 and s1 are both shard 1\/3\.$/)
    assert.deepEqual([twice.code, cluster.desk.has('none')], [64, false])
  })
})
