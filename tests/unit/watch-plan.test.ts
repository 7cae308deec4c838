import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { liveLine } from '../../cli/watch/live.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import { flowOf, plansFor } from '../../watch/plan.ts'
import { WatchRecord } from '../../watch/record.ts'

const probe = (n: number): ProbeRef => ({
  ...{ namespace: 'watched', pod: `watch-${n}`, uid: `uid-${n}`, container: 'app', node: `node-${n}` },
  ...{ ips: [`10.0.${n}.1`], hostIPs: [], ports: { tcp: 7000, udp: 7000, http: 7080 } },
})
const SHARED = {
  everyMs: 100,
  service: { ip: '10.96.0.7', port: 7000 },
  dns: { server: '10.96.0.10', name: 'kubernetes.default.svc.cluster.local' },
}
const plansOf = (nodes: number) =>
  plansFor(
    Array.from({ length: nodes }, (_, i) => probe(i + 1)),
    SHARED,
  )
const pairsIn = (nodes: number) =>
  [...plansOf(nodes)].flatMap(([uid, { flows }]) =>
    flows.flatMap(({ id, kind }) => {
      const { target } = flowOf(id)
      return kind === 'TCP new' && typeof target === 'object' ? [`${uid.replace('uid', 'node')} ${target.node}`] : []
    }),
  )

describe('the plans of a watch', () => {
  for (const nodes of [1, 2, 3, 4, 100])
    it(`pair ${nodes} nodes with two neighbours at most, in both directions`, () => {
      const pairs = pairsIn(nodes)
      assert.equal(new Set(pairs).size, nodes * Math.min(2, nodes - 1))
      const back = pairs.map((pair) => pair.split(' ').reverse().join(' '))
      assert.deepEqual(
        back.filter((pair) => !pairs.includes(pair)),
        [],
      )
    })

  it('have every kind for each neighbour and for the Service, and a question to DNS', () => {
    const plan = plansOf(3).get('uid-1')
    assert.equal(plan?.flows.length, 2 * 4 + 4 + 1)
    assert.deepEqual(plan?.self, { host: '10.0.1.1', port: 7000, everyMs: 100 })
    assert.ok(plan.flows.every(({ id, uid }) => (uid !== undefined) === (typeof flowOf(id).target === 'object')))
  })

  it('ask DNS more rarely on many nodes', () => {
    const everyMs = (nodes: number) =>
      plansOf(nodes)
        .get('uid-1')
        ?.flows.find(({ kind }) => kind === 'DNS')?.everyMs
    assert.deepEqual([everyMs(3), everyMs(100), everyMs(1_000)], [100, 500, 5_000])
  })
})

it('the live line says what gives no answer now', () => {
  const record = new WatchRecord()
  record.begin(0)
  const dark = {
    seq: 1,
    flow: 'node node-2, TCP new',
    is: 'dark' as const,
    from: 7_000,
    to: 9_000,
    counts: { timeout: 20 },
  }
  const account = { instance: 'one', since: 0, tallies: {}, durations: {}, noCpu: [], lost: 0 }
  record.take('node-1', 'uid-1', 9_999, 10_001, { ...account, now: 10_000, events: [dark] })
  assert.equal(liveLine(record, 10_000), '  ..  10 s   nodes: 1, paths: 1   no answer for 3.0 s: node-1 → node-2')
})
