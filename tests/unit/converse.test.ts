import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Workbench } from '../../cluster/workbench.ts'
import { targetOf } from '../../contract/conversation.ts'
import { Trouble } from '../../contract/errors.ts'
import type { Outside, ProbeRef, Topology } from '../../contract/topology.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import { converse } from '../../promises/conversations/converse.ts'
import { tally } from '../../promises/services/tally.ts'
import { fakeTopology, probeOf } from './fake.ts'

describe('conversations', () => {
  it('that are planned many times have an outcome each', async () => {
    const topology = fakeTopology(2)
    const [from, other, to] = [
      probeOf(topology, 'client', 0),
      probeOf(topology, 'client', 1),
      probeOf(topology, 'server', 0),
    ]
    let n = 0
    const bench = {
      dial: async (_: unknown, dials: Dial[]) => dials.map((dial) => ({ dial, detail: String(n++) })),
    } as unknown as Workbench
    const dial: Dial = { protocol: 'TCP', host: '10.0.0.1', port: 1, deadline: 1 }
    const plan = { from, to: targetOf(to), dial }
    const all = await converse(bench, [plan, { ...plan, from: other }, plan, plan])
    assert.equal(new Set(all.map(({ outcome }) => outcome.detail)).size, 4)
    assert.deepEqual(
      all.map((each) => each.from.pod),
      [from, other, from, from].map(({ pod }) => pod),
    )
  })

  it('that time out have both of their probes asked how late they are', async () => {
    const topology = fakeTopology(2)
    const [from, to] = [probeOf(topology, 'client', 0), probeOf(topology, 'server', 1)]
    const asked: string[] = []
    const bench = {
      topology,
      dial: async (_: unknown, dials: Dial[]) => dials.map((dial) => ({ dial, failure: 'timeout' })),
      ask: async ({ pod }: { pod: string }) => {
        asked.push(pod)
        return pod === to.pod ? 700 : 300
      },
    } as unknown as Workbench
    const dial: Dial = { protocol: 'TCP', host: '10.0.0.1', port: 1, deadline: 1 }
    const [observed] = await converse(bench, [{ from, to: targetOf(to), dial }])
    assert.ok(asked.includes(from.pod) && asked.includes(to.pod))
    assert.equal(observed?.lateMs, 700, 'the later one counts')
  })
})

describe('conversations that are counted', () => {
  it('have their probes asked about the whole time, when one of them times out', async () => {
    const topology = fakeTopology(1)
    const [from, to] = [probeOf(topology, 'client', 0), probeOf(topology, 'server', 0)]
    const dial: Dial = { protocol: 'TCP', host: '10.0.0.1', port: 1, deadline: 100 }
    const asked: { ms: number; within?: number }[] = []
    const bench = {
      topology,
      ask: async (_: ProbeRef, op: string, ask: { ms: number; within?: number }) => {
        if (op === 'starved') return asked.push(ask) && 90
        await delay(700)
        return [[{ count: 1, example: { dial, failure: 'timeout' } }]]
      },
    } as unknown as Workbench
    const [found] = await tally(bench, [{ from, to: targetOf(to), dial }], 10)
    assert.equal(found?.groups[0]?.lateMs, 90)
    for (const { ms, within } of asked) assert.ok(ms >= 1_190 && within === 100, `${ms} ${within}`)
    assert.equal(asked.length, 2)
  })
})

describe('conversations with a host outside', () => {
  const base = fakeTopology(2)
  const [from, to] = [probeOf(base, 'client', 0), probeOf(base, 'server', 1)]
  const host = (uid: string): ProbeRef => ({ ...to, uid, pod: uid })
  const [observer, internet] = [host('observer'), host('internet')]
  const dial: Dial = { protocol: 'TCP', host: '10.0.0.1', port: 1, deadline: 1 }

  /** One conversation that ends so. The hosts in `gone` do not answer; gives the hosts that were asked for their ports. */
  async function open(server: ProbeRef, end: Partial<Outcome>, gone: ProbeRef[] = [], more: Partial<Outside> = {}) {
    const asked: string[] = []
    const outside: Outside = { how: 'fake', observer, internet, dials: true, ...more }
    const topology: Topology = { ...base, outside }
    const bench = {
      topology,
      dial: async (_: unknown, dials: Dial[]) => dials.map((each) => ({ dial: each, ...end })),
      ask: async (probe: ProbeRef, op: string) => {
        if (op === 'ports') asked.push(probe.uid)
        if (gone.includes(probe)) throw new Trouble(`${probe.uid} does not answer`)
        return 0
      },
    } as unknown as Workbench
    await converse(bench, [{ from, to: targetOf(server), dial: { ...dial, ...end.dial } }])
    return asked
  }

  it('are inconclusive if they fail and the host is gone', async () => {
    await assert.rejects(open(observer, { failure: 'timeout' }, [observer]), {
      name: 'Trouble',
      message: /observer does not answer/,
    })
    await assert.rejects(open(internet, { failure: 'refused' }, [internet]), { name: 'Trouble' })
  })

  it('are inconclusive if they fail and the internet gateway is gone', async () => {
    const gateway = { external: ['198.51.100.2'], shell: ['false'] }
    await assert.rejects(open(internet, { failure: 'timeout' }, [], { gateway }), {
      name: 'Trouble',
      message: /the internet gateway does not answer/,
    })
    assert.deepEqual(await open(observer, { failure: 'timeout' }, [], { gateway }), ['observer'])
  })

  it('that fail ask after the hosts that took part, and no others', async () => {
    assert.deepEqual(await open(observer, { failure: 'refused' }, [internet]), ['observer'])
    assert.deepEqual(await open(to, { failure: 'refused' }, [observer, internet]), [])
    assert.deepEqual(await open(observer, {}, [observer]), [], 'an answer shows that the host is there')
  })
})

describe('a local port that another program uses', () => {
  const topology = fakeTopology(2)
  const [from, to] = [probeOf(topology, 'client', 0), probeOf(topology, 'server', 1)]
  const open = (detail: string, localPort?: number) => {
    const dial: Dial = { protocol: 'UDP', host: '10.0.0.1', port: 1, deadline: 1, ...(localPort && { localPort }) }
    const end = async (_: unknown, dials: Dial[]) => dials.map((each) => ({ dial: each, failure: 'closed', detail }))
    return converse({ topology, dial: end } as unknown as Workbench, [{ from, to: targetOf(to), dial }])
  }

  it('makes the conversation inconclusive', async () => {
    await assert.rejects(open('bind EADDRINUSE 0.0.0.0:4000', 4000), {
      name: 'Trouble',
      message: /another program of pod client-node-1 uses the local port 4000/,
    })
  })

  it('is not to blame for another failure, or where no port was asked for', async () => {
    assert.equal((await open('bind EACCES', 80))[0]?.outcome.detail, 'bind EACCES')
    assert.equal((await open('bind EADDRINUSE 0.0.0.0:4000'))[0]?.outcome.detail, 'bind EADDRINUSE 0.0.0.0:4000')
  })
})
