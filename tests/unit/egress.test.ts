import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryIn } from '../../cluster/outside/gateway.ts'
import { findMode } from '../../cluster/outside/mode.ts'
import { sourceOf } from '../../cluster/outside/source.ts'
import type { Workbench } from '../../cluster/workbench.ts'
import type { Observed } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import { Settings } from '../../contract/settings.ts'
import type { Outside, ProbeRef, Topology } from '../../contract/topology.ts'
import { dialable } from '../../fixtures/dialable.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import { claimExternal, claimRefusedByGateway, seenAtGateway } from '../../promises/egress/gateway.ts'
import { claimEgress, claimOwnExit, claimOwnOrNode } from '../../promises/egress/masquerade.ts'
import { traceOutside } from '../../promises/egress/trace.ts'
import { fakeTopology, flow, probeOf } from './fake.ts'

const EXTERNAL = '198.51.100.2'

const host = (uid: string, ip: string): ProbeRef => ({
  ...{ namespace: '', pod: `the ${uid}`, uid, container: 'outside', node: 'outside', ips: [ip], hostIPs: [] },
  ports: { tcp: 7000, udp: 7000, http: 7080 },
  command: ['sh'],
})
const observer = host('observer', '172.18.0.99')
const internet = host('internet', '203.0.113.10')
const outside: Outside = {
  ...{ how: 'fake', observer, dials: true, internet },
  gateway: { external: [EXTERNAL], shell: ['sh'] },
}
const topology: Topology = { ...fakeTopology(2), outside }
const [one, two] = [probeOf(topology, 'client', 0), probeOf(topology, 'client', 1)]

/** A conversation of which the host outside saw this peer. */
const seen = (from: ProbeRef, ip: string, to = observer, more: Partial<Observed> = {}): Observed => ({
  ...flow(from, to, ({ server }) => {
    if (server) server.peer.ip = ip
  }),
  ...more,
})

/** A conversation without an answer. */
const lost = (from: ProbeRef, to: ProbeRef, more: Partial<Observed> = {}, of: Partial<Outcome> = {}): Observed => {
  const { outcome, ...rest } = flow(from, to)
  const { server: _, client: __, ...bare } = outcome
  return { ...rest, ...more, outcome: { ...bare, failure: 'timeout', ...of } }
}

const breaks = (claim: () => void, words: RegExp) =>
  assert.throws(claim, (error: Error) => error instanceof NonConformance && words.test(error.message))
const troubles = (claim: () => void, message: RegExp) => assert.throws(claim, { name: 'Trouble', message })

describe('the source that a host outside sees', () => {
  it('is the node’s, the pod’s or another', () => {
    assert.equal(sourceOf('172.18.0.1', one, topology.allNodes), 'node')
    assert.equal(sourceOf(one.ips[0] ?? '', one, topology.allNodes), 'pod')
    assert.equal(sourceOf('172.18.0.2', one, topology.allNodes), 'other')
  })

  it('differs from node to node', () => {
    claimOwnExit([seen(one, '172.18.0.1'), seen(two, '172.18.0.2')], topology)
    const both = [seen(one, '172.18.0.1'), seen(two, '172.18.0.1')]
    breaks(() => claimOwnExit(both, topology), /different nodes.*\n.*172\.18\.0\.1, the address of node-1, for client-/)
    const bare = lost(one, observer, { arrived: { ip: one.ips[0] ?? '', port: 1 } })
    breaks(() => claimOwnExit([bare, seen(two, '172.18.0.2')], topology), /pod’s own address.*found no way back/)
    breaks(() => claimOwnExit([lost(one, observer)], topology), /timeout/)
    const cloud = [seen(one, '192.0.2.7'), seen(two, '192.0.2.7')]
    troubles(() => claimOwnExit(cloud, topology), /Another hop beyond the nodes/)
    assert.throws(() => claimOwnExit([], topology), /no conversation was observed/)
    assert.throws(() => claimOwnOrNode([], topology), /no conversation was observed/)
  })

  it('says nothing if another server has answered', () => {
    const stray = seen(one, '172.18.0.1')
    if (stray.outcome.server) stray.outcome.server.identity.uid = 'somebody-else'
    breaks(() => claimEgress([stray], topology), /the server that was dialled answers/)
    breaks(() => claimOwnExit([stray], topology), /the server that was dialled answers/)
    const external = seen(one, EXTERNAL, internet)
    if (external.outcome.server) external.outcome.server.identity.uid = 'somebody-else'
    breaks(() => claimExternal([external], topology), /the server that was dialled answers/)
  })

  it('is the pod’s or its node’s for another node', () => {
    claimOwnOrNode([seen(one, '172.18.0.1'), seen(two, two.ips[0] ?? ''), seen(one, '10.244.1.1')], topology)
    breaks(() => claimOwnOrNode([seen(one, '172.18.0.2')], topology), /saw 172\.18\.0\.2, the address of node-2/)
    breaks(() => claimOwnOrNode([seen(one, '192.0.2.7')], topology), /no node and no pod/)
  })
})

describe('the internet gateway', () => {
  const listing = (sets: object[]) => JSON.stringify({ nftables: [{ metainfo: {} }, ...sets.map((set) => ({ set }))] })
  const element = (expires: number, ...concat: (string | number)[]) => ({ elem: { val: { concat }, expires } })

  it('remembers conversations, the last one first, and what it refused', () => {
    const memory = memoryIn(
      listing([
        { name: 'nodes4', elem: ['172.18.0.1'] },
        {
          name: 'forwarded4',
          elem: [element(10, '172.18.0.1', 4000, 53, 'udp'), element(59, '172.18.0.2', 4000, 53, 'udp')],
        },
        { name: 'forwarded6', elem: [element(5, 'fd00::1', 30, 4001, 80, 'tcp')] },
        { name: 'refused4', elem: [element(3, '10.244.1.10', '203.0.113.10', 8200)] },
        { name: 'refused6' },
      ]),
    )
    assert.deepEqual(memory.forwarded, [
      { source: '172.18.0.2', port: 4000, destinationPort: 53, protocol: 'UDP' },
      { source: '172.18.0.1', port: 4000, destinationPort: 53, protocol: 'UDP' },
      { source: 'fd00::1', port: 4001, destinationPort: 80, protocol: 'TCP' },
    ])
    assert.deepEqual(memory.refused, [{ source: '10.244.1.10', destination: '203.0.113.10', port: 8200 }])
  })

  it('is the server of what it saw, with the source before its own translation', () => {
    const translated = seen(one, EXTERNAL, internet, { atGateway: '172.18.0.1' })
    const [gateway] = seenAtGateway([translated], topology)
    assert.equal(gateway?.outcome.server?.peer.ip, '172.18.0.1')
    assert.equal(gateway?.to.label, 'the internet gateway')
    const bare = seen(one, '172.18.0.1', internet)
    assert.deepEqual(seenAtGateway([bare], topology), [bare], 'what it did not translate, it saw as the internet did')
    troubles(() => seenAtGateway([seen(one, EXTERNAL, internet)], topology), /does not remember/)
  })

  it('shows its external address to the internet', () => {
    claimExternal([seen(one, EXTERNAL, internet)], topology)
    claimExternal([lost(one, internet, { arrived: { ip: EXTERNAL, port: 1 } })], topology)
    breaks(() => claimExternal([seen(one, '172.18.0.1', internet)], topology), /the gateway did not translate/)
    breaks(() => claimExternal([lost(one, internet)], topology), /timeout/)
    assert.throws(() => claimExternal([], topology), /no conversation was observed/)
  })

  it('refuses what carries a pod’s address', () => {
    claimRefusedByGateway([lost(one, internet, { isRefusedByGateway: true })])
    const passed = seen(one, EXTERNAL, internet, { atGateway: one.ips[0] ?? '' })
    breaks(() => claimRefusedByGateway([passed]), /got a packet that left its node with the pod’s address/)
    const masqueraded = seen(one, EXTERNAL, internet, { atGateway: '172.18.0.1' })
    troubles(() => claimRefusedByGateway([masqueraded]), /still masqueraded/)
    troubles(() => claimRefusedByGateway([lost(one, internet)]), /did not reach the gateway/)
    assert.throws(() => claimRefusedByGateway([]), /no conversation was observed/)
  })

  it('has not refused what the internet saw as well', () => {
    const own = one.ips[0] ?? ''
    const some = { isRefusedByGateway: true as const, atGateway: own, arrived: { ip: EXTERNAL, port: 1 } }
    breaks(() => claimRefusedByGateway([lost(one, internet, some)]), /with the pod’s address, and saw 198\.51\.100\.2/)
  })

  it('has not refused what the internet saw, although it refused a packet of the same port', () => {
    const refused = { isRefusedByGateway: true } as const
    const passed = seen(one, EXTERNAL, internet, { ...refused, atGateway: one.ips[0] ?? '' })
    breaks(() => claimRefusedByGateway([passed]), /got a packet that left its node with the pod’s address/)
    const bare = seen(one, one.ips[0] ?? '', internet, refused)
    breaks(() => claimRefusedByGateway([bare]), /got a packet that left its node with the pod’s address/)
    const masqueraded = seen(two, EXTERNAL, internet, { ...refused, atGateway: '172.18.0.2' })
    troubles(() => claimRefusedByGateway([masqueraded]), /still masqueraded/)
    breaks(() => claimRefusedByGateway([masqueraded, passed]), /1 of 2 conversations.*node-1/)
    troubles(() => claimRefusedByGateway([seen(one, EXTERNAL, internet)]), /does not remember whom it forwarded/)
  })
})

describe('a trace of conversations with hosts outside', () => {
  it('finds a datagram by its word, and a connection by its client', async () => {
    const local = { ip: observer.ips[0] ?? '', port: 7000 }
    const peer = { ip: one.ips[0] ?? '', port: 999 }
    const asked: unknown[] = []
    const bench = {
      topology: { ...topology, outside: { ...outside, gateway: undefined } },
      ask: async (_: ProbeRef, op: string, ask: unknown) => {
        asked.push([op, ask])
        return [
          { protocol: 'UDP', peer, local, nonce: 'ours' },
          { protocol: 'TCP', peer, local },
        ]
      },
    } as unknown as Workbench
    const dial: Dial = { protocol: 'UDP', host: local.ip, port: 7000, deadline: 1 }
    const all = await traceOutside(bench, [
      lost(two, observer, {}, { dial, nonce: 'ours' }),
      lost(two, observer, {}, { dial, nonce: 'other' }),
      lost(one, observer),
      lost(two, observer),
      seen(one, '172.18.0.1'),
    ])
    assert.deepEqual(
      all.map(({ arrived }) => arrived),
      [peer, undefined, peer, undefined, undefined],
    )
    assert.deepEqual(asked, [['arrivals', { nonces: ['ours', 'other'] }]])
  })

  /** A gateway whose command prints this. */
  const printing = (json: string) => ({ external: [EXTERNAL], shell: [process.execPath, '-p', JSON.stringify(json)] })
  const trace = (json: string, all: Observed[]) =>
    traceOutside(
      {
        topology: { ...topology, outside: { ...outside, gateway: printing(json) } },
        ask: async () => [],
      } as unknown as Workbench,
      all,
    )

  it('tells the source at the gateway of the same ports and protocol, and what it refused', async () => {
    const elem = (...concat: (string | number)[]) => ({ elem: { val: { concat }, expires: 9 } })
    const forwarded = [
      elem('172.18.0.2', 40_000, 7000, 'udp'),
      elem('172.18.0.2', 40_000, 7080, 'tcp'),
      elem('fd00::2', 40_000, 7000, 'tcp'),
      elem('172.18.0.1', 40_000, 7000, 'tcp'),
    ]
    const [own = ''] = one.ips
    const [far = ''] = internet.ips
    const refused = [elem(own, far, 40_001), elem(two.ips[0] ?? '', far, 40_002)]
    const json = JSON.stringify({
      nftables: [{ set: { name: 'forwarded4', elem: forwarded } }, { set: { name: 'refused4', elem: refused } }],
    })
    const dial = (localPort: number): Dial => ({ protocol: 'UDP', host: far, port: 7000, deadline: 1, localPort })
    const all = await trace(json, [
      seen(one, EXTERNAL, internet),
      seen(one, EXTERNAL),
      lost(one, internet, {}, { dial: dial(40_001) }),
      lost(one, internet, {}, { dial: dial(40_002) }),
    ])
    assert.deepEqual(
      all.map(({ atGateway, isRefusedByGateway }) => [atGateway, isRefusedByGateway]),
      [
        ['172.18.0.1', undefined],
        [undefined, undefined],
        [undefined, true],
        [undefined, undefined],
      ],
    )
  })

  it('is inconclusive without the gateway, if the internet took part', async () => {
    await assert.rejects(trace('no JSON', [seen(one, EXTERNAL, internet)]), {
      name: 'Trouble',
      message: /the internet gateway does not answer/,
    })
    assert.equal((await trace('no JSON', [seen(one, '172.18.0.1')])).length, 1)
  })
})

describe('the mode of egress', () => {
  const settings = (egress: string) => Settings.parse({ egress })
  const facts = { source: 'fake', nodeShell: {}, lacks: {} }
  /** `sources` are the addresses that the observer sees of the clients, in turn; without one there is no answer. */
  const find = (sources: readonly (string | undefined)[], named = observer, egress = 'auto') => {
    let n = 0
    const streams = {
      ask: async (from: ProbeRef, _: string, { dials }: { dials: Dial[] }) => {
        const ip = sources[n++]
        return dials.map((dial) =>
          ip
            ? { ...flow(from, named, ({ server }) => server && Object.assign(server.peer, { ip })).outcome, dial }
            : { dial, failure: 'timeout' },
        )
      },
    } as unknown as Parameters<typeof findMode>[0]['streams']
    const found = { outside: { ...outside, observer: named } }
    return findMode(
      { settings: settings(egress), facts, streams },
      { pods: topology.pods, nodes: topology.allNodes, found },
    )
  }

  it('is what the observer sees of most clients', async () => {
    assert.deepEqual(await find(['172.18.0.1', '172.18.0.2']), { mode: 'masquerade' })
    assert.deepEqual(await find([one.ips[0], two.ips[0]]), { mode: 'native' })
    assert.deepEqual(await find([undefined, '172.18.0.2']), { mode: 'masquerade' })
    assert.deepEqual(await find(['192.0.2.7', two.ips[0]]), { mode: 'native' })
    assert.deepEqual(await find(['172.18.0.1', two.ips[0]]), { mode: 'masquerade' }, 'one of each')
  })

  it('is not known if the IP families differ', async () => {
    const dual = { ...observer, ips: ['172.18.0.99', 'fc00::99'] }
    const pods = topology.pods.map((pod, i) => ({
      ...pod,
      containers: pod.containers.map((each) => ({ ...each, ips: [...each.ips, `fd00::${i + 1}`] })),
    }))
    const own6 = (from: ProbeRef) => from.ips.at(-1) ?? ''
    const seenOf = (peer: (from: ProbeRef, dial: Dial) => string) => {
      const ask = async (from: ProbeRef, _: string, { dials }: { dials: Dial[] }) =>
        dials.map((dial) => ({ ...seen(from, peer(from, dial)).outcome, dial }))
      const streams = { ask } as unknown as Parameters<typeof findMode>[0]['streams']
      const found = { outside: { ...outside, observer: dual } }
      return findMode({ settings: settings('auto'), facts, streams }, { pods, nodes: topology.allNodes, found })
    }
    const node = (from: ProbeRef) => (from.node === 'node-1' ? '172.18.0.1' : '172.18.0.2')
    assert.deepEqual(await seenOf(node), { mode: 'masquerade' })
    assert.deepEqual(await seenOf((from, { host }) => (host.includes(':') ? own6(from) : node(from))), {})
    assert.match((await seenOf(() => '192.0.2.7')).third ?? '', /192\.0\.2\.7/)
  })

  it('is not known if no pod is seen under its own address or that of its node, and the address is told', async () => {
    const { mode, third = '' } = await find(['192.0.2.7', '192.0.2.8'])
    assert.equal(mode, undefined)
    assert.match(third, /^the observer saw 192\.0\.2\.7 for client-node-1 on node-1, and no pod under its own address/)
    const swapped = await find(['172.18.0.2', '172.18.0.1'])
    assert.match(swapped.third ?? '', /saw 172\.18\.0\.2 for client-node-1/, 'another node’s address is a third one')
    assert.deepEqual(await find(['192.0.2.7', '192.0.2.8'], observer, 'masquerade'), { mode: 'masquerade' })
  })

  it('is not asked for where the user has declared it', async () => {
    assert.deepEqual(await find(['172.18.0.1', '172.18.0.2'], observer, 'native'), { mode: 'native' })
    assert.match((await find([], observer, 'native')).broken ?? '', /reaches the observer/)
  })

  it('is unknown with an observer that nobody reaches, or that is inside', async () => {
    assert.match((await find([undefined, undefined])).broken ?? '', /no pod and no node of this cluster reaches/)
    // Pods without its IP family do not dial it at all.
    const other = { ...observer, ips: ['fd99::1'] }
    assert.match((await find(['172.18.0.1', '172.18.0.2'], other)).broken ?? '', /reaches .* at fd99::1$/)
    assert.deepEqual(dialable(one, other), [])
    const inside = { ...observer, ips: ['10.244.1.77'] }
    assert.match((await find([], inside, 'native')).broken ?? '', /is inside the pod network/)
    const { command: _, ...named } = observer
    assert.match((await find([undefined, undefined], named, 'native')).broken ?? '', /no pod and no node/)
    assert.deepEqual(await find([undefined, '192.0.2.7'], named, 'native'), { mode: 'native' })
    assert.match((await find(['172.18.0.1'], inside)).broken ?? '', /10\.244\.1\.77 is inside the pod network/)
    const onNode = { ...observer, ips: ['172.18.0.2'] }
    assert.match((await find(['172.18.0.1', two.ips[0]], onNode)).broken ?? '', /172\.18\.0\.2 is on the node node-2/)
    assert.match((await find([], onNode, 'native')).broken ?? '', /is on the node node-2/)
  })
})
