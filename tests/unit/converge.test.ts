import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NonConformance } from '../../contract/errors.ts'
import type { ProbeRef, Topology } from '../../contract/topology.ts'
import type { Dial, Group } from '../../probe/protocol.ts'
import { converge, type Expectation } from '../../promises/services/convergence.ts'
import { fakeBench, fakeTopology, flow, probeOf } from './fake.ts'

const topology = fakeTopology(2)
Object.assign(topology.settings.limits, { propagate: 300, patience: 200 })
const [old, fresh] = [probeOf(topology, 'server', 0), probeOf(topology, 'server', 1)]

const expected: Expectation[] = [0, 1].map((i) => ({
  planned: {
    from: probeOf(topology, 'client', i),
    to: { label: 'the Service', by: [{ uid: fresh.uid, pod: fresh.pod }], ips: [] } as never,
    dial: { protocol: 'TCP', host: '10.96.0.7', port: 80, deadline: 1000 },
  },
  rule: 'each',
}))

/** A Service that answers each client by what `who` says for the n-th question of a client. */
function bench(who: (from: ProbeRef, times: number, question: number) => ProbeRef[]) {
  const asked = new Map<string, number[]>()
  const ask = async (from: ProbeRef, _op: string, { dials, times }: { dials: Dial[]; times: number }) => {
    const questions = asked.get(from.node) ?? []
    asked.set(from.node, [...questions, times])
    return dials.map((): Group[] =>
      who(from, times, questions.length).map((server) => ({ count: 1, example: flow(from, server).outcome })),
    )
  }
  return { bench: fakeBench({ topology: topology as Topology, ask }), asked }
}

describe('a change that is followed', () => {
  it('is so when a whole round says so, and not by a glance', async () => {
    // The old backend answers one conversation in many: the first whole round meets it.
    const { bench: work, asked } = bench((_from, times, question) =>
      times > 3 && question < 2 ? [fresh, old] : [fresh],
    )
    const { kept, error } = await converge(work, expected)
    assert.equal(error, undefined)
    assert.ok(kept.every(({ tookMs = 0 }) => tookMs > 0))
    const times = asked.get('node-1') ?? []
    assert.equal(times.length, 4, 'a glance and a whole round, twice')
    assert.ok(times.every((n, i) => (i % 2 === 0 ? n === 3 : n > 10)))
  })

  it('costs glances alone while it is not', async () => {
    const { bench: work, asked } = bench((_from, _times, question) => (question < 2 ? [old] : [fresh]))
    assert.equal((await converge(work, expected)).error, undefined)
    assert.deepEqual(
      (asked.get('node-1') ?? []).map((n) => n > 3),
      [false, false, false, true],
    )
  })

  it('on one node and not on the other is told of that node', async () => {
    const { bench: work } = bench(({ node }) => (node === 'node-2' ? [old] : [fresh]))
    const { kept, error } = await converge(work, expected)
    assert.ok(error instanceof NonConformance)
    assert.match(error.message, /The Service did not follow on node-2\. It followed on node-1 within \d/)
    assert.deepEqual(
      kept.map(({ tookMs }) => tookMs !== undefined),
      [true, false],
    )
  })

  it('is not followed steadily where an old backend comes back after a whole round without it', async () => {
    // The first whole round shows an old backend on the second node alone. Then the first node uses it again.
    const flapping = bench(({ node }, times, question) => {
      if (node === 'node-2') return times > 3 && question < 4 ? [fresh, old] : [fresh]
      return question === 2 ? [fresh, old] : [fresh]
    })
    const relapse = (await converge(flapping.bench, expected)).error
    assert.ok(relapse instanceof NonConformance)
    assert.match(relapse.message, /although a whole round of conversations had shown the change before/)
    assert.match(relapse.message, /does not follow steadily on node-1\./)
  })

  it('opens every conversation that is expected to fail, and enough to see a leak of one in ten', async () => {
    const asks: { times: number; toFail?: true }[] = []
    const ask = async (_from: ProbeRef, _op: string, asked: { dials: Dial[]; times: number; toFail?: true }) => {
      asks.push(asked)
      return asked.dials.map((dial): Group[] => [{ count: asked.times, example: { dial, failure: 'timeout' } }])
    }
    const none = expected.slice(0, 1).map((each): Expectation => ({ ...each, rule: 'none' }))
    const { error } = await converge(fakeBench({ topology, ask }), none)
    assert.equal(error, undefined)
    assert.deepEqual(
      asks.map(({ times, toFail }) => [times > 130, toFail]),
      [
        [false, true],
        [true, true],
      ],
    )
  })
})
