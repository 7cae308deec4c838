import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { isNarrow } from '../../cluster/site/path-mtu.ts'
import { type Asker, lend } from '../../cluster/streams/probe-client.ts'
import { Workbench } from '../../cluster/workbench.ts'
import type { ProbeRef, StandingPod, Topology } from '../../contract/topology.ts'
import type { Dial } from '../../probe/protocol.ts'

const probe = (node: number, ips: string[], hostIPs: string[] = [`fd00::${node}`]): ProbeRef =>
  ({ node: `node-${node}`, ips, hostIPs, ports: { tcp: 1, udp: 1, http: 1 } }) as unknown as ProbeRef

const pods = (ips: (node: number) => string[]): StandingPod[] =>
  (['client', 'server'] as const).flatMap((role) =>
    [1, 2].map((node) => ({ role, node: `node-${node}`, containers: [probe(node, ips(node))] }) as StandingPod),
  )

/** Probes whose client on the second node has been told that often that a packet was too big; it notes the dials. */
function asker(tooBig: number): Asker & { dials: Dial[] } {
  const dials: Dial[] = []
  const ask = async (from: ProbeRef, op: string, asked: { dials?: Dial[] }) => {
    dials.push(...(asked.dials ?? []))
    return op === 'facts' ? { tooBig: from.node === 'node-2' ? tooBig : 0 } : []
  }
  return { dials, ask: ask as unknown as Asker['ask'] }
}

const MTUS = new Map([
  ['node-1', 1450],
  ['node-2', 1400],
])

test('a path is narrow if a node has told a pod that a full IPv6 packet was too big', async () => {
  const six = pods((node) => [`10.0.${node}.1`, `fd00:10::${node}`])
  const told = asker(1)
  assert.equal(await isNarrow(six, MTUS, told, 1_000), true)
  const asked = told.dials.map(({ host, sizes, largest }) => [host, sizes?.request, largest])
  assert.deepEqual(asked, [
    ['fd00:10::2', 'MTU', 1400],
    ['fd00:10::1', 'MTU', 1400],
  ])
  assert.equal(await isNarrow(six, MTUS, asker(0), 1_000), false)
})

test('nothing is sent to find out a narrow path where pods have IPv4 alone, or where no MTU is known', async () => {
  const silent = asker(1)
  assert.equal(
    await isNarrow(
      pods((node) => [`10.0.${node}.1`]),
      MTUS,
      silent,
      1_000,
    ),
    false,
  )
  assert.equal(
    await isNarrow(
      pods((node) => [`fd00:10::${node}`]),
      new Map(),
      silent,
      1_000,
    ),
    false,
  )
  assert.deepEqual(silent.dials, [])
})

const BASE = { deadline: 1, sizes: { request: 32_768 } }

for (const [title, from, dial, narrow, largest] of [
  ['a node sends little', 'host', { protocol: 'TCP', host: 'fd00::2', virtual: true }, true, 1_280],
  ['a node sends little by UDP', 'host', { protocol: 'UDP', host: 'fd00::2', virtual: true }, true, 1_280],
  ['a node sends everything if the path is wide', 'host', { protocol: 'TCP', host: 'fd00::2', virtual: true }, false],
  ['a pod sends little', 'pod', { protocol: 'UDP', host: 'fd00::2', virtual: true }, true, 1_280],
  ['a pod sends full datagrams to a pod', 'pod', { protocol: 'UDP', host: 'fd00:10::2' }, true, 1_400],
  ['a node sends full streams over IPv4', 'host', { protocol: 'TCP', host: '10.9.0.2', virtual: true }, true],
  ['a node sends everything to its own port', 'host', { protocol: 'TCP', host: 'fd00::1', virtual: true }, true],
  ['a node sends everything to a virtual IP', 'host', { protocol: 'TCP', host: 'fd96::1', virtual: true }, true],
  ['a node sends everything to a program of another node', 'host', { protocol: 'TCP', host: 'fd00::2' }, true],
] as const)
  test(`node ports of another node, and a tunnel that takes less than pods send: ${title}`, async () => {
    const streams = asker(0)
    const end = lend('r', {
      streams,
      api: {} as KubeApi,
      controller: Promise.resolve(),
      policing: Promise.resolve(undefined),
    })
    const allNodes = [1, 2].map((node) => ({ name: `node-${node}`, internalIPs: [`10.9.0.${node}`, `fd00::${node}`] }))
    const topology = { run: 'r', pods: [], allNodes, podMtu: 1_400, ...(narrow && { narrow }) } as unknown as Topology
    const client = probe(1, [from === 'host' ? 'fd00::1' : 'fd00:10::1'])
    await new Workbench(topology).dial(client, [{ ...BASE, ...dial, port: 30_000 }])
    end()
    assert.deepEqual(
      streams.dials.map((each) => each.largest),
      [largest],
    )
  })
