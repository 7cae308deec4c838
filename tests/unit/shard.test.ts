import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { V1Node } from '@kubernetes/client-node'
import { chooseNodes } from '../../cluster/site/choose-nodes.ts'
import { MEDIA, type RunEnd, type RunFacts } from '../../contract/media.ts'
import { Settings } from '../../contract/settings.ts'
import { isShard, segment, shardOf } from '../../contract/shard.ts'
import type { Topology } from '../../contract/topology.ts'
import { pairs } from '../../fixtures/pairs.ts'
import { everyClientProbe } from '../../fixtures/service-clients.ts'
import { combined } from '../../reports/combine.ts'
import { mergeRuns } from '../../reports/merge.ts'
import { mergedFacts } from '../../reports/merge-facts.ts'
import { readRun } from '../../reports/read.ts'
import { judge } from '../../reports/verdict.ts'
import { readSpecification } from '../../suite/features.ts'
import { rowsOfShard } from '../../suite/shard.ts'
import { fakeTopology } from './fake.ts'
import { E01, model, P01, P02, result } from './results.ts'

const ALL = [1, 2, 3, 4, 5, 6, 7]

describe('a shard', () => {
  it('is a part of a whole, or the index of a pod of an Indexed Job', () => {
    assert.deepEqual(['1/1', '2/3', 'job/3'].map(isShard), [true, true, true])
    assert.deepEqual(['0/3', '4/3', '1', '1/0', 'a/3', '1/3/5', '-1/3'].map(isShard), Array(7).fill(false))
    assert.deepEqual(shardOf('2/3'), { index: 2, of: 3 })
    assert.deepEqual(shardOf('job/3', '0'), { index: 1, of: 3 })
    assert.deepEqual([shardOf('job/3', '3'), shardOf('job/3', undefined)], [undefined, undefined])
  })

  it('has its own part of a list, and the parts are the whole', () => {
    const parts = [1, 2, 3].map((index) => segment(ALL, { index, of: 3 }))
    assert.deepEqual(parts.flat(), ALL)
    assert.ok(parts.every(({ length }) => length === 2 || length === 3))
  })

  it('gets rows so that each runs in one shard, and those about every node in all', () => {
    const { rows, everywhere } = readSpecification()
    const planned = new Set(rows.map(({ uri, line }) => `${uri}:${line}`))
    const parts = [1, 2, 3].map((index) => rowsOfShard(rows, planned, { index, of: 3 }, everywhere))
    for (const row of planned)
      assert.equal(parts.filter((part) => part.has(row)).length, everywhere.has(row) ? 3 : 1, row)
    const of = (id: string) => rows.filter((row) => row.id === id).map(({ uri, line }) => `${uri}:${line}`)
    assert.ok(['P02', 'P03', 'P16', 'S01', 'D01'].every((id) => of(id).some((row) => everywhere.has(row))))
    assert.ok(!of('S06').some((row) => everywhere.has(row)))
  })
})

/** What provisioning would make of a shard of a cluster of `count` nodes, of which at most five are sampled. */
function topologyOf(count: number, shard?: string): Topology {
  const whole = fakeTopology(count)
  const nodes = whole.nodes.map(
    ({ name }): V1Node => ({
      metadata: { name, labels: { 'kubernetes.io/os': 'linux' } },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    }),
  )
  const { sampled, ring, division } = chooseNodes(nodes, Settings.parse({ nodes: 'all', shard }))
  const on = (some: readonly { name: string }[], node: string) => some.some(({ name }) => name === node)
  const pods = [
    ...whole.pods.filter(({ node }) => on(sampled, node)),
    ...fakeTopology(count, ['ring']).pods.filter(({ node }) => on(ring, node)),
  ]
  return { ...whole, nodes: whole.nodes.filter(({ name }) => on(sampled, name)), pods, ...(division && { division }) }
}

describe('nodes of shards', () => {
  const SIZES: [number, number][] = [
    [3, 3],
    [6, 2],
    [20, 3],
    [100, 7],
  ]
  for (const [count, of] of SIZES) {
    const whole = topologyOf(count)
    const shards = Array.from({ length: of }, (_, i) => topologyOf(count, `${i + 1}/${of}`))

    it(`${count} in ${of} shards: each pair of neighbours is asked by one shard`, () => {
      const asked = (topology: Topology) =>
        pairs(topology, 'client', 'server', 'another node').map(({ client, server }) => `${client.node}>${server.node}`)
      const all = shards.flatMap(asked)
      assert.equal(new Set(all).size, all.length, 'no pair is asked twice')
      assert.deepEqual(all.sort(), asked(whole).sort())
    })

    it(`${count} in ${of} shards: each node is a client of Services and of DNS in one shard`, () => {
      const all = shards.flatMap((topology) => everyClientProbe(topology).map(({ node }) => node))
      assert.deepEqual(all.sort(), whole.allNodes.map(({ name }) => name).sort())
    })
  }

  it('carry few pods outside their own part', () => {
    const counts = [1, 2, 3, 4].map((index) => topologyOf(100, `${index}/4`).pods.length)
    for (const count of counts) assert.ok(count <= 2 * 5 + 25 + 4, `${count} pods`)
  })

  it('are not more than the shards', () => {
    assert.throws(() => topologyOf(3, '1/4'), /^UsageError: --shard 1\/4: only 3 nodes take part/)
  })
})

const rows = [P01, P02, E01].map(({ uri, line }) => `${uri}:${line}`)
const shardFacts = (index: number, change: Partial<RunFacts> = {}, shard: object = {}): RunFacts => ({
  ...(model([]).facts as RunFacts),
  ...{ run: `r${index}`, seed: 7, planned: [], layout: { nodes: [], pods: [], outside: [] } },
  cluster: { source: 'fake', tested: [`n${index}`], leftOut: [{ node: `n${3 - index}`, because: 'no ring' }] },
  shard: { index, of: 2, rows, settings: { profile: 'core' }, cluster: 'c', ...shard },
  ...change,
})
const end = (more: Partial<RunEnd> = {}): RunEnd => ({ seconds: 5, apiRequests: 10, ...more })
const shard = (index: number, change: Partial<RunFacts> = {}, more: object = {}) => ({
  folder: `s${index}`,
  facts: shardFacts(index, change, more),
  end: end(),
})

describe('the facts of shards', () => {
  it('become those of one run', () => {
    const merged = mergedFacts([shard(1), shard(2)])
    assert.deepEqual([merged.planned, merged.shards, merged.missing, merged.shard], [rows, 2, undefined, undefined])
    assert.deepEqual([merged.cluster.tested, merged.cluster.leftOut], [['n1', 'n2'], []])
  })

  it('say which shard is missing', () => {
    assert.equal(mergedFacts([shard(2)]).missing, 'shard 1 of 2 is missing.')
  })

  const wrong: [string, ReturnType<typeof shard>, RegExp][] = [
    ['the same shard twice', shard(1), /^UsageError: s1 and s1 are both shard 1\/2\.$/],
    ['another number of shards', shard(2, {}, { of: 3 }), /the number of shards is 2 and 3\.$/],
    ['another version', shard(2, { flatnetVersion: '9' }), /their versions of flatnet are 0 and 9\.$/],
    ['another seed', shard(2, { seed: 8 }), /their seeds are 7 and 8\.$/],
    ['other settings', shard(2, {}, { settings: { profile: 'full' } }), /the setting profile is "core" and "full"\.$/],
    ['another cluster', shard(2, {}, { cluster: 'd' }), /their clusters are c and d\.$/],
  ]
  for (const [what, other, message] of wrong)
    it(`are refused with ${what}`, () => assert.throws(() => mergedFacts([shard(1), other]), message))

  it('are refused if a run is none', () => {
    const { shard: _, ...whole } = shardFacts(1)
    assert.throws(
      () => mergedFacts([{ folder: 'w', facts: whole, end: end() }]),
      /^UsageError: w is no shard: its run had no --shard I\/N\.$/,
    )
  })
})

describe('a row that ran in several shards', () => {
  const flow = (n: number) => ({ dial: { port: n } })
  const of = (status: 'passed' | 'failed' | 'inconclusive' | 'skipped', because: string, n: number) => {
    const one = result(P01, status, because)
    return {
      ...one,
      evidence: { ...one.evidence, flows: [flow(n), flow(n + 1)], flowsBroken: status === 'failed' ? 1 : 0 },
    }
  }

  it('is as bad as the worst of them', () => {
    const order = ['failed', 'inconclusive', 'skipped', 'passed'] as const
    for (const [i, worse] of order.entries())
      for (const better of order.slice(i)) {
        assert.equal(combined(of(better, 'b', 1), of(worse, 'w', 3)).status, worse)
        assert.equal(combined(of(worse, 'w', 3), of(better, 'b', 1)).status, worse)
      }
  })

  it('keeps the evidence of both, that of the broken promise first', () => {
    const both = combined(of('passed', '', 1), of('failed', 'lost', 3))
    assert.deepEqual(
      both.evidence.flows,
      [3, 4, 1, 2].map((port) => flow(port)),
    )
    assert.deepEqual([both.because, both.evidence.flowsBroken, both.evidence.flowsTotal], ['lost', 1, 2])
    assert.equal(both.evidence.quality.datagrams, 10)
  })
})

describe('messages of shards', () => {
  const desk = mkdtempSync(join(tmpdir(), 'flatnet-merge-'))
  after(() => rmSync(desk, { recursive: true }))
  const put = (mediaType: string, body: object) =>
    `${JSON.stringify({ attachment: { mediaType, contentEncoding: 'IDENTITY', body: JSON.stringify(body) } })}\n`
  const write = (index: number, compressed: boolean) => {
    const folder = join(desk, `s${index}`)
    mkdirSync(folder, { recursive: true })
    const text = `{"meta":{}}\n${put(MEDIA.facts, shardFacts(index))}${put(MEDIA.end, end())}`
    writeFileSync(
      join(folder, compressed ? 'messages.ndjson.gz' : 'messages.ndjson'),
      compressed ? gzipSync(text) : text,
    )
    return folder
  }
  const merge = async (...folders: string[]) => {
    const output = join(desk, `m${folders.length}`)
    await mergeRuns(folders, output, () => mkdirSync(output))
    return readRun(output)
  }

  it('become those of one run, also where one is compressed', async () => {
    const merged = await merge(write(1, false), write(2, true))
    assert.deepEqual([merged.facts?.run, merged.end?.apiRequests, merged.end?.seconds], ['r1-r2', 20, 5])
  })

  it('are inconclusive where a shard is missing, and say which', async () => {
    const verdict = judge(await merge(write(1, false)))
    assert.deepEqual(
      [verdict.result, verdict.exitCode, verdict.trouble],
      ['inconclusive', 2, 'shard 2 of 2 is missing.'],
    )
  })

  it('do not become a folder where they are of no run', async () => {
    const output = join(desk, 'none')
    const wrong = mergeRuns([write(1, false), write(1, false)], output, () => mkdirSync(output))
    await assert.rejects(wrong, /are both shard 1\/2/)
    assert.throws(() => writeFileSync(join(output, 'x'), ''), /ENOENT/)
  })
})
