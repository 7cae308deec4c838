import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Workbench } from '../../cluster/workbench.ts'
import { NonConformance } from '../../contract/errors.ts'
import { binomialTail, countBeyondChance, triesToExceed } from '../../fixtures/statistics.ts'
import type { Question, Resolved } from '../../probe/protocol.ts'
import { BROKEN, claimFirstTries, SUSPECT, type Tries, tryLookups } from '../../promises/names/tries.ts'
import { claimStaysReady, type Stayed } from '../../promises/nodes/stays-ready.ts'
import { fakeTopology, probeOf } from './fake.ts'

const topology = fakeTopology(2)
const resolvers = [0, 1].map((i) => ({ client: probeOf(topology, 'client', i), server: '10.96.0.10', zone: 'z' }))

describe('chance', () => {
  it('is counted as a binomial tail', () => {
    assert.ok(Math.abs(binomialTail(10, 0.5, 8) - 56 / 1024) < 1e-12)
    assert.ok(Math.abs(binomialTail(200, 0.1, 0) - 1) < 1e-9)
    const count = countBeyondChance(200, 0.08, 1e-6)
    assert.ok(binomialTail(200, 0.08, count) <= 1e-6 && binomialTail(200, 0.08, count - 1) > 1e-6)
    const tries = triesToExceed(2, 0.1)
    assert.ok(1 - binomialTail(tries, 0.1, 3) <= 1e-6 && 1 - binomialTail(tries - 1, 0.1, 3) > 1e-6)
  })
})

describe('lookups that need a second try', () => {
  const tries = (again: number, more: Partial<Tries> = {}): Tries => ({
    ...{
      node: 'node-1',
      server: '10.96.0.10',
      lookups: 200,
      again,
      unanswered: 0,
      ms: undefined,
      starved: 0,
      late: [],
    },
    ...more,
  })

  it('are no failure where 2 % of lost packets explain them, and a failure beyond 5 %', () => {
    claimFirstTries([tries(0), tries(SUSPECT - 1)])
    const inconclusive = { name: 'Trouble', message: /39 of 200 lookups.*2 % of lost packets explain fewer than 39/ }
    assert.throws(() => claimFirstTries([tries(SUSPECT)]), inconclusive)
    assert.throws(() => claimFirstTries([tries(BROKEN - 1)]), { name: 'Trouble' })
    assert.throws(() => claimFirstTries([tries(3, { node: 'node-2' }), tries(BROKEN)]), {
      name: 'NonConformance',
      message: /pod on node-1 had no answer of 10\.96\.0\.10 within 2 s[\s\S]*other nodes: node-2: 3 of 200/,
    })
  })

  it('say nothing about the network where the pod had no CPU', () => {
    assert.throws(() => claimFirstTries([tries(200, { starved: 0.8 })]), {
      name: 'Trouble',
      message: /no CPU for 80 %/,
    })
    assert.throws(() => claimFirstTries([tries(200, { starved: 0.7 })]), NonConformance)
    assert.throws(() => claimFirstTries([]), /no name was looked up/)
  })

  it('separate a healthy network from one that loses half of the first tries', () => {
    const healthy = 1 - 0.98 ** 4
    assert.ok(binomialTail(200, healthy, SUSPECT) < 1e-6)
    assert.ok(1 - binomialTail(200, 0.5, SUSPECT) < 1e-12)
    assert.ok(1 - binomialTail(200, 0.5, BROKEN) < 1e-5)
  })

  it('are counted by node, and end the lookups as soon as a node has shown enough', async () => {
    const asked: Question[] = []
    const ask = async (from: { node: string }, op: string, { questions }: { questions: Question[] }) => {
      if (op !== 'resolve') return 0
      asked.push(...questions)
      const sent = from.node === 'node-2' ? 2 : 1
      return questions.map(
        (question): Resolved => ({ question, rcode: 'NOERROR', flags: [], answers: [], sent, ms: 1 }),
      )
    }
    const all = await tryLookups({ topology, ask } as unknown as Workbench, resolvers, () => 'web.ns.svc.z')
    assert.deepEqual(
      all.map(({ node, lookups, again }) => [node, lookups, again]),
      [
        ['node-1', 75, 0],
        ['node-2', 75, 75],
      ],
    )
    assert.ok(asked.every(({ beside, again }) => beside === 'AAAA' && again === 2_000))
    assert.throws(() => claimFirstTries(all), NonConformance)
  })
})

describe('lookups of many nodes', () => {
  it('are begun by three nodes at a time, because one DNS server gets all of them', async () => {
    const many = fakeTopology(7)
    const all = many.nodes.map((_, i) => ({ client: probeOf(many, 'client', i), server: '10.96.0.10', zone: 'z' }))
    const asking = new Set<string>()
    let most = 0
    const ask = async ({ node }: { node: string }, op: string, { questions }: { questions: Question[] }) => {
      if (op !== 'resolve') return 0
      asking.add(node)
      most = Math.max(most, asking.size)
      await setImmediate()
      asking.delete(node)
      return questions.map(
        (question): Resolved => ({ question, rcode: 'NOERROR', flags: [], answers: [], sent: 1, ms: 1 }),
      )
    }
    const tries = await tryLookups({ topology: many, ask } as unknown as Workbench, all, () => 'web.ns.svc.z')
    assert.deepEqual([most, tries.length, tries.every(({ lookups }) => lookups === 200)], [3, 7, true])
  })
})

describe('a container that was ready', () => {
  const stayed = (flaps: number, excused = 0, arrived = 12): Stayed => ({
    ...{ container: probeOf(topology, 'server', 0), flaps, excused, arrived, starved: excused > 0 ? 600 : 0 },
  })

  it('stays so, or stops being so once without a verdict, or fails', () => {
    claimStaysReady([stayed(0), stayed(0)], 'httpGet')
    assert.throws(() => claimStaysReady([stayed(0), stayed(1)], 'httpGet'), {
      name: 'Trouble',
      message: /being ready once/,
    })
    assert.throws(() => claimStaysReady([stayed(1), stayed(2)], 'httpGet'), {
      name: 'NonConformance',
      message: /on node-1 stopped being ready 2 times while 12 httpGet probes/,
    })
  })

  it('may stop being so for lack of CPU, if it stays so for long enough afterwards', () => {
    claimStaysReady([stayed(0, 3)], 'grpc')
    assert.throws(() => claimStaysReady([stayed(0, 3, 11)], 'grpc'), {
      name: 'Trouble',
      message: /3 times while 11 grpc probes .* no CPU for 600 ms of a second/,
    })
    assert.throws(() => claimStaysReady([stayed(2, 3)], 'grpc'), { name: 'NonConformance' })
  })
})
