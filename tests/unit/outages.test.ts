import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Workbench } from '../../cluster/workbench.ts'
import type { Planned } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { ProbeRef, Topology } from '../../contract/topology.ts'
import { Outages, outagesOf } from '../../fixtures/outages.ts'
import { clientsOf, conversations } from '../../fixtures/service-clients.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import { pathsTo } from '../../promises/paths/to-services.ts'
import { untilFollowed } from '../../promises/services/programming.ts'
import { fakeBench, fakeTopology, flow, probeOf } from './fake.ts'

const standing = { name: 'standing', uid: 'uid-standing', ip: '10.96.0.1', ips: ['10.96.0.1'] }
const own = { name: 'own', uid: 'uid-own', ip: '10.96.0.7', ips: ['10.96.0.7'] }
const topology = { ...fakeTopology(2), service: standing } as unknown as Topology
const limits = { dial: 50, propagate: 3_500, patience: 500 }
Object.assign(topology.settings.limits, limits)
const servers = topology.pods.filter(({ role }) => role === 'server')
const client = probeOf(topology, 'client', 0)
const planned = conversations(topology.settings.limits, clientsOf(topology, own as never, servers), ['UDP']).filter(
  ({ from }) => from === client,
)

/** A cluster in which the places that `isDead` names answer nothing; a Service answers in turns by its two backends. */
function bench(isDead: (host: string, turn: number) => boolean): Workbench {
  let turn = 0
  const backends = [0, 1].map((i) => probeOf(topology, 'server', i))
  const answer = (from: ProbeRef, dial: Dial): Outcome => {
    turn += 1
    const pod = backends.find(({ ips }) => ips.includes(dial.host)) ?? (backends[turn % 2] as ProbeRef)
    const silent = isDead(dial.host, turn) || isDead(pod.ips[0] ?? '', turn)
    return silent ? { dial, failure: 'timeout' } : { ...flow(from, pod).outcome, dial }
  }
  const dial = async (from: ProbeRef, dials: Dial[]) => {
    const outcomes = dials.map((each) => answer(from, each))
    // Longer than the interval of two controls, so that one is open most of the time.
    await delay(outcomes.some(({ failure }) => failure) ? 1_050 : 20)
    return outcomes
  }
  return fakeBench({ topology, dial, ask: async () => 0 })
}

const far = '10.244.2.11'

async function waited(work: Workbench): Promise<{ ms: number; error: unknown }> {
  const begun = performance.now()
  const error = await untilFollowed(work, planned as Planned[], 'each').then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return { ms: performance.now() - begun, error }
}

describe('what a run remembers of its paths', () => {
  it('is remembered for all of its scenarios, each of which hears the answers itself', () => {
    const run = new Workbench(topology)
    const [one, other] = [run.heardBy(() => {}), run.heardBy(() => {})]
    assert.equal(outagesOf(one), outagesOf(other))
    assert.notEqual(outagesOf(new Workbench(topology)), outagesOf(run))
  })

  it('lasts from the first control without an answer, and ends with an answer', async () => {
    const outages = new Outages()
    let alive: boolean | undefined = false
    const path = { name: 'a path', client: 'a', isAlive: async () => alive }
    outages.look(path, performance.now())
    await delay(1_100)
    outages.look(path, performance.now())
    await delay(10)
    assert.ok(outages.lastedMs(path, 0) >= 1_000)
    assert.equal(outages.lastedMs(path, performance.now()), 0, 'a control from before the wait is no news')
    alive = undefined
    await delay(1_100)
    outages.look(path, performance.now())
    await delay(10)
    assert.equal(outages.lastedMs({ ...path, client: 'b' }, 0), 0, 'a control of another client is no news')
    const before = performance.now() - 500
    assert.equal(outages.lastedMs(path, before), 0, 'a control that tells nothing is no news')
    alive = false
    await delay(1_100)
    outages.look(path, performance.now())
    await delay(10)
    assert.ok(outages.lastedMs(path, 0) >= 3_000, 'and ends no outage')
    alive = true
    await delay(1_100)
    outages.look(path, performance.now())
    await delay(10)
    assert.equal(outages.lastedMs(path, 0), 0)
  })

  it('is looked at every few seconds for one wait, and at once for the next', async () => {
    const outages = new Outages()
    let looks = 0
    const path = { name: 'a path', client: 'a', isAlive: async () => ++looks < 0 }
    const begun = performance.now()
    outages.look(path, begun)
    await delay(1_100)
    outages.look(path, begun)
    assert.equal(looks, 1)
    outages.look(path, performance.now())
    assert.equal(looks, 2)
  })

  it('is known of like paths as well, before a wait asks for them', async () => {
    const outages = new Outages()
    const dead = async () => false
    const other = { name: 'another path', client: 'b', isAlive: dead }
    outages.look({ name: 'a path', client: 'a', isAlive: dead, kin: { of: 'UDP', paths: () => [other] } })
    await delay(1_100)
    outages.look(other, performance.now())
    await delay(10)
    assert.ok(outages.lastedMs(other, 0) >= 1_000)
  })

  it('costs one control, of the path that has been dead for the longest time', async () => {
    const outages = new Outages()
    const looks: string[] = []
    const path = (name: string, alive: boolean) => ({
      ...{ name, client: 'a' },
      isAlive: async () => {
        looks.push(name)
        return alive
      },
    })
    const paths = [path('alive', true), path('dead', false), path('also dead', false)]
    outages.lookAt(paths, performance.now())
    await delay(1_100)
    outages.lookAt(paths, performance.now())
    assert.deepEqual(looks, ['alive', 'dead', 'also dead', 'dead'])
  })

  it('is nothing where the control could not be opened', async () => {
    const outages = new Outages()
    const path = { name: 'a path', client: 'a', isAlive: () => Promise.reject(new Error('no stream')) }
    outages.look(path)
    await delay(10)
    assert.equal(outages.lastedMs(path, 0), 0)
  })
})

describe('a wait for a Service over a dead path', () => {
  it('is as long as ever the first time, and short the next time, with the same verdict', async () => {
    const work = bench((host) => host === far)
    const first = await waited(work)
    const second = await waited(work)
    for (const { error } of [first, second]) {
      assert.ok(error instanceof NonConformance)
      assert.match(error.message, /never answered by server-node-2 on node-2/)
    }
    assert.ok(first.ms >= limits.propagate + limits.patience)
    assert.ok(second.ms < limits.propagate, `waited for ${second.ms} ms`)
    assert.match((second.error as Error).message, /It did not wait longer, because UDP from .* has been dead for \d/)
  })

  it('is full again where the path has come back, and the Service alone is stuck', async () => {
    let dead = true
    const work = bench((host) => (dead && host === far) || host === own.ip)
    await waited(work)
    dead = false
    const { ms } = await waited(work)
    assert.ok(ms >= limits.propagate + limits.patience)
  })

  it('is full where the virtual IP is dead and the standing one is not', async () => {
    const work = bench((host) => host === own.ip)
    await waited(work)
    const { ms, error } = await waited(work)
    assert.ok(error instanceof NonConformance)
    assert.ok(ms >= limits.propagate + limits.patience)
  })
})

describe('the paths to a Service', () => {
  const names = (each: Planned, uids: string[]) =>
    pathsTo(
      bench(() => false),
      each,
      uids,
    ).map(({ name }) => name)
  const [each] = planned as [Planned]
  const uid = servers[1]?.uid ?? ''

  it('lead to the nodes of its backends and to the standing Service', () =>
    assert.deepEqual(names(each, [uid]), [
      'UDP from pods on node-1 to 10.96.0.1 (Service standing)',
      'UDP from pods on node-1 to 10.244.2.11 (server-node-2)',
      'UDP from pods on node-1 to 10.96.0.1 (Service standing, backend on node-2)',
    ]))

  it('are those of the pods of its node for a node port', () => {
    const at = (n: number) => ({
      ...each,
      to: { ...each.to, node: `node-${n}` },
      dial: { ...each.dial, host: `172.18.0.${n}` },
    })
    const [near, far] = [1, 2].map((n) => `UDP from pods on node-${n} to 10.244.2.11 (server-node-2)`)
    assert.deepEqual(names(at(1), [uid]), [near])
    assert.deepEqual(names(at(2), [uid]), [near, far], 'and that of the client to this node')
    const outside = (plan: Planned) => ({ ...plan, from: { ...plan.from, url: 'http://outside' } })
    assert.deepEqual(names(outside(at(1)), [uid]), [near])
    assert.deepEqual(names(outside(at(2)), [uid]), [near, far], 'for a client outside, that of another node')
    assert.deepEqual(names(outside(each), [uid]), [near], 'for a load balancer too')
  })

  it('do not lead to the client itself', () => {
    const itself = { ...each, from: probeOf(topology, 'server', 1) }
    assert.deepEqual(names(itself, [uid]), ['UDP from pods on node-2 to 10.96.0.1 (Service standing)'])
  })
})
