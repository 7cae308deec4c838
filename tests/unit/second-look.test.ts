import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ProbeRef } from '../../contract/topology.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import { isStarved } from '../../promises/conversations/claims.ts'
import { converseForVerdict } from '../../promises/conversations/second-look.ts'
import { fakeBench, fakeTopology, flow, probeOf } from './fake.ts'

const topology = fakeTopology(2)
const [client, server] = [probeOf(topology, 'client', 0), probeOf(topology, 'server', 1)]
const { to, outcome } = flow(client, server)
const planned = (port: number, more: Partial<Dial> = {}) => ({
  from: client,
  to,
  dial: { ...outcome.dial, port, ...more },
})

/** One round of conversations: whether those with a port time out, and whether the probes have CPU. */
interface Look {
  silent?: number[]
  refused?: number[]
  busy?: true
}

/** Opens conversations at two ports with a network that behaves like this, look after look. */
async function converse(looks: Look[], plan = [planned(1), planned(2)]) {
  const asked: number[][] = []
  const dial = async (_: ProbeRef, dials: Dial[]): Promise<Outcome[]> => {
    const { silent = [], refused = [] } = looks[asked.push(dials.map(({ port }) => port)) - 1] ?? {}
    return dials.map((dial) => {
      if (silent.includes(dial.port)) return { dial, failure: 'timeout' }
      return refused.includes(dial.port) ? { dial, failure: 'refused' } : { ...outcome, dial }
    })
  }
  const ask = async () => (looks[asked.length - 1]?.busy ? 900 : 0)
  const all = await converseForVerdict(fakeBench({ topology, dial, ask }), plan)
  const told = all.map((each) => (isStarved(each) ? 'busy' : (each.outcome.failure ?? 'answered')))
  return { asked, told }
}

describe('conversations that time out while a probe has no CPU', () => {
  it('are opened again, and a second time-out with CPU is the evidence', async () => {
    const { asked, told } = await converse([{ silent: [2], busy: true }, { silent: [2] }])
    assert.deepEqual({ asked, told }, { asked: [[1, 2], [2]], told: ['answered', 'timeout'] })
  })

  it('show nothing if they are answered or refused the second time', async () => {
    const { asked, told } = await converse([{ silent: [1, 2], busy: true }, { refused: [2] }, {}])
    assert.deepEqual(
      { asked, told },
      {
        asked: [
          [1, 2],
          [1, 2],
          [1, 2],
        ],
        told: ['busy', 'busy'],
      },
    )
  })

  it('are opened twice more at most', async () => {
    const { asked, told } = await converse(Array<Look>(9).fill({ silent: [1], busy: true }))
    assert.deepEqual({ asked: asked.length, told }, { asked: 3, told: ['busy', 'answered'] })
  })

  it('are not opened again beside one that timed out with CPU, nor if there is none', async () => {
    assert.equal((await converse([{ silent: [1, 2] }])).asked.length, 1)
    assert.equal((await converse([{ busy: true }])).asked.length, 1)
  })

  it('are not opened again if their age is what they are about', async () => {
    const { asked } = await converse([{ silent: [1], busy: true }], [planned(1, { life: { requests: 3 } })])
    assert.equal(asked.length, 1)
  })
})
