import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { ProbeRef, Topology } from '../../contract/topology.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { clientsOf, conversations } from '../../fixtures/service-clients.ts'
import type { Dial, Group } from '../../probe/protocol.ts'
import { claimEveryEndpoint, tallyEndpoints } from '../../promises/services/every-endpoint.ts'
import { fakeBench, fakeTopology, flow, probeOf } from './fake.ts'

const own = { name: 'own', uid: 'uid-own', ip: '10.96.0.7', ips: ['10.96.0.7'] }
const topology = fakeTopology(2) as Topology
const limits = Object.assign(topology.settings.limits, { dial: 50, propagate: 2_500, patience: 500 })
const servers = topology.pods.filter(({ role }) => role === 'server')
const [near, far] = [0, 1].map((i) => probeOf(topology, 'server', i)) as [ProbeRef, ProbeRef]
/** Both servers have many ports, so there are more than a hundred endpoints. */
const PORTS = 60
const endpoints = servers.flatMap((pod) => Array.from({ length: PORTS }, (_, n) => ({ pod, port: 9_000 + n })))
const [plan] = conversations(limits, clientsOf(topology, own as never, servers), ['UDP'])
if (!plan) throw new Error('no conversation is planned')

const answers = (from: ProbeRef, server: ProbeRef, port: number): Group => ({
  count: 1,
  example: flow(from, server, ({ server: seen }) => Object.assign(seen?.local ?? {}, { port })).outcome,
})

/** A Service whose endpoints all answer, or only those of the near pod; and how many conversations were opened at a time. */
function cluster(isDead: boolean) {
  const opened: number[] = []
  const ask = async (from: ProbeRef, op: string, { dials, times }: { dials: Dial[]; times: number }) => {
    if (op !== 'tally') return 0
    opened.push(times)
    return dials.map((dial): Group[] => [
      ...(isDead ? [near] : [near, far]).flatMap((pod) =>
        endpoints.slice(0, PORTS).map(({ port }) => answers(from, pod, port)),
      ),
      ...(isDead ? [{ count: 20, example: { dial, failure: 'timeout' as const } }] : []),
    ])
  }
  const dial = async (from: ProbeRef, dials: Dial[]) =>
    dials.map((each) => {
      const isLost = isDead && far.ips.includes(each.host)
      return isLost ? { dial: each, failure: 'timeout' as const } : { ...flow(from, near).outcome, dial: each }
    })
  const bench = fakeBench({ topology, ask, dial })
  const look = async () => {
    opened.length = 0
    const begun = performance.now()
    const tallies = await tallyEndpoints({ bench, limits } as Ground, { endpoints } as unknown as Scene, [
      plan as never,
    ])
    return { tallies, ms: performance.now() - begun }
  }
  return { look, opened }
}

describe('conversations with each of many endpoints', () => {
  it('are opened in parts, until every endpoint was met', async () => {
    const { look, opened } = cluster(false)
    const { tallies } = await look()
    claimEveryEndpoint(tallies, endpoints)
    assert.ok((opened[0] ?? 0) < 1_000, 'fewer than meet every endpoint for certain')
    assert.ok(opened.slice(1).every((times) => times <= (opened[0] ?? 0)))
  })

  it('are opened as long as a wait lasts where a path is dead, and not again in the same run', async () => {
    const { look, opened } = cluster(true)
    const first = await look()
    const many = opened.length
    await delay(limits.propagate + limits.patience)
    const second = await look()
    assert.ok(first.ms >= limits.propagate)
    assert.ok(second.ms < limits.propagate, `waited for ${second.ms} ms`)
    assert.ok(opened.length < many)
    for (const { tallies } of [first, second])
      assert.throws(() => claimEveryEndpoint(tallies, endpoints), /timeout|timed out/)
  })
})
