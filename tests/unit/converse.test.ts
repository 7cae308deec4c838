import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Workbench } from '../../cluster/workbench.ts'
import { targetOf } from '../../contract/conversation.ts'
import type { Dial } from '../../probe/protocol.ts'
import { converse } from '../../promises/conversations/converse.ts'
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
        return 700
      },
    } as unknown as Workbench
    const dial: Dial = { protocol: 'TCP', host: '10.0.0.1', port: 1, deadline: 1 }
    const [observed] = await converse(bench, [{ from, to: targetOf(to), dial }])
    assert.ok(asked.includes(from.pod) && asked.includes(to.pod))
    assert.ok((observed?.lateMs ?? -1) >= 1_400, 'the lateness of both counts')
  })
})
