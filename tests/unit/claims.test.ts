import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Observed } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import {
  claimAnswered,
  claimDestinationKept,
  claimFailed,
  claimIntact,
  claimSourceKept,
  claimUntranslated,
} from '../../promises/conversations/claims.ts'
import { claimEgress } from '../../promises/egress/masquerade.ts'
import { fakeTopology, flow, probeOf } from './fake.ts'

const topology = fakeTopology(2)
const from = probeOf(topology, 'client', 0)
const to = probeOf(topology, 'server', 1)
const clean = flow(from, to)
const bent = (change: (outcome: Required<Pick<Outcome, 'client' | 'server'>> & Outcome) => void): Observed =>
  flow(from, to, (outcome) => change(outcome as Required<Pick<Outcome, 'client' | 'server'>> & Outcome))
const failed = (failure: Outcome['failure']) =>
  flow(from, to, (outcome) => {
    delete outcome.server
    delete outcome.client
    Object.assign(outcome, { failure, detail: 'as told' })
  })

const breaks = (claim: () => void, words: RegExp) =>
  assert.throws(claim, (error) => error instanceof NonConformance && words.test(error.message))

describe('a conversation that nothing touched', () => {
  it('keeps every promise', () => {
    claimAnswered([clean])
    claimSourceKept([clean], topology)
    claimUntranslated([clean], topology)
    claimDestinationKept([clean])
  })

  it('is not judged where its bytes still moved at the deadline, unless another one was given up for good', () => {
    const slow = flow(from, to, (outcome) => {
      delete outcome.server
      Object.assign(outcome, { failure: 'timeout', detail: 'the answer stopped after 9 bytes', moving: true })
    })
    for (const claim of [claimAnswered, claimIntact])
      assert.throws(() => claim([clean, slow]), { name: 'Trouble', message: /the path is slow and not closed/ })
    breaks(() => claimAnswered([slow, failed('timeout')]), /as told/)
  })

  it('proves nothing when there is none', () => {
    for (const claim of [claimAnswered, claimIntact]) assert.throws(() => claim([]), /no conversation was observed/)
    assert.throws(() => claimFailed([], ['refused']), /no conversation was observed/)
  })
})

describe('lost packets', () => {
  const many = (count: number, lost: number, outcome: (isLost: boolean) => Partial<Outcome>) =>
    Array.from({ length: count }, (_, i) => flow(from, to, (each) => Object.assign(each, outcome(i < lost))))
  const connections = (lost: number) => many(100, lost, (retransmitted) => ({ connectMs: 1, retransmitted }))
  const bursts = (lost: number, dial: Partial<Dial> = {}) =>
    many(100, lost, (isLost) => ({
      dial: { protocol: 'UDP', host: '10.244.2.2', port: 7000, deadline: 1000, ...dial },
      sent: 5,
      answered: isLost ? 1 : 5,
    }))

  it('are tolerated up to a share that is beyond chance', () => {
    claimAnswered(connections(25))
    claimAnswered(connections(40))
    assert.throws(() => claimAnswered(connections(90)), {
      name: 'Trouble',
      message: /^90 of 100 connections were opened by a second SYN, more than 50 % and more than chance explains\./,
    })
    claimAnswered(bursts(30))
    assert.throws(() => claimAnswered(bursts(90)), {
      name: 'Trouble',
      message: /^360 of 500 datagrams were not answered/,
    })
  })

  it('are not counted where a datagram is sent again because its answer is late', () =>
    claimAnswered(bursts(100, { manner: 'brief' })))
})

describe('translation', () => {
  const source = bent(({ server }) => {
    server.peer.ip = '172.18.0.1'
  })
  const inRange = bent(({ server }) => {
    server.peer.ip = '10.244.1.0'
  })
  const port = bent(({ server }) => {
    server.peer.port = 20_001
  })
  const destination = bent(({ server }) => {
    server.local.port = 9999
  })
  const reply = bent(({ client }) => {
    client.remote.ip = '172.18.0.2'
  })

  it('of the source is told with the node whose address was seen', () => {
    breaks(
      () => claimSourceKept([source], topology),
      /172\.18\.0\.1 is the address of node-1: node-1 translates the source/,
    )
    breaks(() => claimUntranslated([source], topology), /server saw\s+172\.18\.0\.1:40000/)
    breaks(() => claimSourceKept([inRange], topology), /node-1’s own in its pod range: node-1 translates/)
  })

  it('of the source on the way to a Service names the nodes at both ends, and not the virtual IP’s own rewriting', () => {
    const service = { ...source, to: { ...source.to, label: 'Service web', node: 'the Service' } }
    service.outcome = { ...source.outcome, dial: { ...source.outcome.dial, host: '10.96.0.9' } }
    breaks(
      () => claimSourceKept([service, service], topology),
      /translates the source of TCP packets between node-1 and node-2\.\n2 of 2 conversations .* from node-1 to node-2\./,
    )
    breaks(
      () => claimSourceKept([service], topology),
      /as promised {3}10\.96\.0\.9:7000 of the Service became 10\.244\.2\.11:/,
    )
    const error: unknown = (() => {
      try {
        claimUntranslated([service], topology)
      } catch (thrown) {
        return thrown
      }
    })()
    assert.doesNotMatch(String(error), /destination was rewritten/)
  })

  it('of the port alone leaves the address promise kept', () => {
    claimSourceKept([port], topology)
    breaks(() => claimUntranslated([port], topology), /address is kept and the port is not/)
  })

  it('of the destination and of replies is seen', () => {
    breaks(() => claimUntranslated([destination], topology), /destination was rewritten/)
    breaks(() => claimDestinationKept([destination]), /destination was rewritten/)
    breaks(() => claimUntranslated([reply], topology), /Replies are translated/)
    claimDestinationKept([source])
  })

  it('is found in one conversation among many, and the nodes are named', () => {
    breaks(
      () => claimUntranslated([clean, clean, port, source], topology),
      /2 of 4 conversations broke the promise, from node-1 to node-2\./,
    )
  })

  it('of the client’s own socket is seen too', () => {
    const lying = bent(({ client, server }) => {
      client.local.ip = '192.0.2.9'
      server.peer.ip = from.ips[0] ?? ''
    })
    breaks(() => claimSourceKept([lying], topology), /client says\s+192\.0\.2\.9/)
  })
})

describe('answers', () => {
  it('by somebody else are no answers', () => {
    const other = bent(({ server }) => {
      server.identity.uid = 'uid-of-another'
    })
    breaks(() => claimAnswered([other]), /was answered by .*, not by server-node-2/)
    const sibling = bent(({ server }) => {
      server.identity.container = 'sibling'
    })
    breaks(() => claimAnswered([sibling]), /answered by server-node-2\/sibling/)
  })

  it('that fail are told in the closed vocabulary', () => {
    breaks(() => claimAnswered([failed('timeout')]), /10\.244\.2\.11:7000 failed: timeout \(as told\)/)
    breaks(() => claimUntranslated([failed('refused')], topology), /refused/)
  })

  it('where none should come are a failure, and silence is not a refusal', () => {
    claimFailed([failed('refused')], ['refused'])
    breaks(() => claimFailed([failed('timeout')], ['refused']), /timeout/)
    breaks(() => claimFailed([clean], ['refused']), /server-node-2\/app; no server should answer/)
  })

  it('that time out where a probe is late itself are inconclusive, unless another one fails', () => {
    const late = { ...failed('timeout'), lateMs: clean.outcome.dial.deadline }
    assert.throws(() => claimAnswered([clean, late]), {
      name: 'Trouble',
      message: /too busy, so this row is inconclusive/,
    })
    for (const lateMs of [5, late.lateMs * 0.7]) breaks(() => claimAnswered([{ ...late, lateMs }]), /timeout/)
    breaks(() => claimAnswered([late, failed('refused')]), /timeout/)
  })

  it('must carry what was sent', () => {
    const digest = (received: string) => bent((outcome) => Object.assign(outcome, { digest: { sent: 'a', received } }))
    claimIntact([digest('a')])
    breaks(() => claimIntact([digest('b')]), /not the bytes that were sent/)
    breaks(() => claimIntact([clean]), /not the bytes that were sent/)
  })
})

describe('egress', () => {
  const seen = (ip: string) =>
    bent(({ server }) => {
      server.peer.ip = ip
    })

  it('is the own node’s address and no other', () => {
    claimEgress([seen('172.18.0.1')], topology)
    breaks(
      () => claimEgress([seen('172.18.0.2')], topology),
      /saw 172\.18\.0\.2 and not 172\.18\.0\.1 of node-1\. It is the address of node-2/,
    )
    breaks(() => claimEgress([seen(from.ips[0] ?? '')], topology), /the pod’s own address/)
  })

  it('under a third address is inconclusive, not failed', () => {
    assert.throws(() => claimEgress([seen('203.0.113.5')], topology), {
      name: 'Trouble',
      message: /another hop beyond the nodes/,
    })
  })

  it('under a third address for one node alone is a failure that names the node', () => {
    const other = probeOf(topology, 'client', 1)
    const healthy = flow(other, to, ({ server }) => {
      if (server) server.peer.ip = other.hostIPs[0] ?? ''
    })
    breaks(() => claimEgress([healthy, seen('203.0.113.5')], topology), /saw 203.0.113.5 and not .* of node-1/)
  })

  it('is judged for each IP family, and a hidden one does not hide the other', () => {
    const six = (ip: string) => {
      const one = seen(ip)
      return { ...one, outcome: { ...one.outcome, dial: { ...one.outcome.dial, host: 'fd00::99' } } }
    }
    assert.throws(() => claimEgress([seen('203.0.113.5'), six('172.18.0.1')], topology), { name: 'Trouble' })
    breaks(() => claimEgress([seen('203.0.113.5'), six('172.18.0.2')], topology), /saw 172\.18\.0\.2/)
  })

  it('is told by the address that arrived, if the answer was lost', () => {
    const { outcome, ...rest } = seen('')
    const { server: _, ...lost } = outcome
    const arrived = { ip: from.ips[0] ?? '', port: 1234 }
    breaks(
      () => claimEgress([{ ...rest, outcome: { ...lost, failure: 'timeout' }, arrived }], topology),
      /the pod’s own address, so node-1 does not masquerade.*found no way back/,
    )
  })
})
