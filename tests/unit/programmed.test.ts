import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { Workbench } from '../../cluster/workbench.ts'
import type { Planned } from '../../contract/conversation.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import { untilFollowed } from '../../promises/services/programming.ts'
import { fakeBench, fakeTopology, flow, probeOf } from './fake.ts'

const topology = fakeTopology(2)
const limits = { propagate: 300, patience: 2_000 }
Object.assign(topology.settings.limits, limits)
const [near, far] = [probeOf(topology, 'server', 0), probeOf(topology, 'server', 1)]
const planned: Planned[] = [
  {
    from: probeOf(topology, 'client', 0),
    to: { label: 'Service web', node: 'the Service', by: [near, far].map(({ uid, pod }) => ({ uid, pod })) },
    dial: { protocol: 'TCP', host: '10.96.0.7', port: 80, deadline: 1000 },
  },
]

/** A Service that is led to by what `who` says so many milliseconds after its making; the answers take turns. */
function bench(who: (ms: number) => ProbeRef[]): Workbench {
  const made = performance.now()
  const dial = async (from: ProbeRef, dials: Dial[]): Promise<Outcome[]> => {
    const servers = who(performance.now() - made)
    return dials.map((each, i) => {
      const server = servers[i % servers.length]
      return server ? flow(from, server).outcome : { dial: each, failure: 'refused' }
    })
  }
  return fakeBench({ topology, dial })
}

const both = [near, far]
const slowly = (ms: number) => (ms < 600 ? [near] : both)
const never = () => [near]

describe('waiting for a Service', () => {
  it('ends when every client has met every backend', () =>
    untilFollowed(
      bench(() => both),
      planned,
      'each',
    ))

  it('is no verdict on a proxy that is slow', () =>
    assert.rejects(untilFollowed(bench(slowly), planned, 'each'), {
      name: 'Trouble',
      message:
        /^Service web sent every client to every backend only after 0\.\d s, later than limits\.propagate \(0\.3 s\)/,
    }))

  it('is left to the claim where it was right by luck, and so late', async () => {
    const one = planned.map((each) => ({ ...each, to: { ...each.to, by: [{ uid: near.uid }] } }))
    let lucky = false
    const work = bench((ms) => {
      if (ms < 600 || lucky) return both
      lucky = true
      return [near]
    })
    await untilFollowed(work, one, 'meant')
    assert.ok(lucky)
  })

  it('is one on a proxy that is stuck', () =>
    assert.rejects(untilFollowed(bench(never), planned, 'each'), {
      name: 'NonConformance',
      message: /never answered by server-node-2 on node-2, still after 2\.3 s/,
    }))

  it('is none where the conversations are too few for every backend', () => {
    const { dial } = bench(never)
    // The limits are over after two rounds.
    const slow = async (from: ProbeRef, dials: Dial[]) => {
      await delay(limits.propagate + limits.patience)
      return dial(from, dials)
    }
    return assert.rejects(untilFollowed(fakeBench({ topology, dial: slow }), planned, 'each'), {
      name: 'Trouble',
      message: /Service web .*: only 16 conversations in 2\.3 s .*, and 21 are needed to meet each of 2 backends\./,
    })
  })

  it('for those alone who are meant leaves what is stuck to the claim, and what is slow to nobody', async () => {
    const one = planned.map((each) => ({ ...each, to: { ...each.to, by: [{ uid: near.uid }] } }))
    await untilFollowed(
      bench(() => both),
      one,
      'meant',
    )
    await untilFollowed(bench(never), one, 'meant')
    const late = bench((ms) => (ms < 600 ? both : [near]))
    await assert.rejects(untilFollowed(late, one, 'meant'), {
      name: 'Trouble',
      message: /The service proxy is slow, so this row is inconclusive\./,
    })
  })
})
