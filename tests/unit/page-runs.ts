import type { Layout } from '../../contract/layout.ts'
import type { Effect, Path } from '../../contract/path.ts'
import type { Row } from '../../contract/row.ts'
import type { Cause } from '../../reports/cause.ts'
import type { Model, Result } from '../../reports/model.ts'
import { judge, type Verdict } from '../../reports/verdict.ts'
import { result, row } from './results.ts'

/** Runs that are nowhere recorded, for tests of the page. */
export interface Run {
  model: Model
  verdict: Verdict
}

const end = (kind: 'client' | 'server', n: number, node: string) => ({
  kind: 'pod' as const,
  name: `${kind}-${n}`,
  node,
})

/** Conversations from one node's client to another node's server. */
const path = (from: number, to: number, protocol: 'TCP' | 'UDP', effect: Effect = 'ok', node = nodeName): Path => ({
  from: end('client', from, node(from)),
  to: end('server', to, node(to)),
  ...{ protocol, via: 'pod IP', effect, port: 7000, isNew: false, count: 7, ms: 0.8 },
  against: effect === 'ok' ? 0 : 4,
})

const nodeName = (n: number) => `node-${n}`
const ip = (n: number, last: number) => `10.${244 + (n >> 8)}.${n & 255}.${last}`

/** The outcome of a conversation whose source the node has changed. */
const translated = (from: number, to: number, node: (n: number) => string) => ({
  dial: { protocol: 'UDP', host: ip(to, 3), port: 7000, deadline: 4000 },
  client: { local: { ip: ip(from, 2), port: 40856 }, remote: { ip: ip(to, 3), port: 7000 } },
  server: {
    ...{ local: { ip: ip(to, 3), port: 7000 }, peer: { ip: `172.30.0.${from}`, port: 40856 } },
    identity: { uid: 'u', pod: `server-${to}`, container: 'app', node: node(to) },
  },
})

const layoutOf = (nodes: number, node: (n: number) => string): Layout => ({
  nodes: numbers(nodes).map((n) => ({ name: node(n), ips: [`172.30.0.${n}`], podCIDRs: [ip(n, 0).concat('/24')] })),
  pods: numbers(nodes).flatMap((n) => [
    { name: `client-${n}`, node: node(n), role: 'client', ips: [ip(n, 2)] },
    { name: `server-${n}`, node: node(n), role: 'server', ips: [ip(n, 3)] },
  ]),
  outside: [{ name: 'the observer', role: 'observer', ips: ['172.30.0.3'] }],
  gateway: ['198.51.100.2'],
  service: ['10.96.0.77'],
})

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i + 1)

const LEVELS = ['core', 'extended'] as const
const P04 = row('P04', 'core', 1, 'another node, UDP')
const P02 = row('P02', 'core', 2, 'another node, TCP')
const S06 = { ...row('S06', 'core', 3, ''), chapter: 'Problem 3' }
const DS01 = { ...row('DS01', 'extended', 4, ''), chapter: 'Two families', tags: ['@needs-dual'] }

export const CAUSE: Cause = {
  ...{ kind: 'translation', nodes: ['node-1'], protocol: 'UDP', isSure: true, counts: { broken: 4, of: 7 } },
  says: 'The source of UDP packets that leave node-1 for other nodes becomes 172.30.0.1.',
  intact: ['TCP on the same path is intact.'],
  explains: [{ id: 'P04', row: 'another node, UDP' }],
  usually: 'A masquerade rule without an exception for pod CIDRs.',
  shown: ['Rule 7 of table nat on node-1 counted 12 packets.'],
  look: ['nft list ruleset', 'conntrack -L -p udp'],
}

/** A run of a cluster in which one promise is broken, unless all are kept. */
export function smallRun({ isBroken = true, causes = [CAUSE], node = nodeName } = {}): Run {
  const violation = {
    expected: 'the server sees the client’s own pod IP',
    actual: `UDP from ${node(1)} to ${node(2)}`,
    where: `172.30.0.1 is the address of ${node(1)}.`,
  }
  const p04 = result(
    P04,
    isBroken ? 'failed' : 'passed',
    isBroken ? violation.actual : '',
    isBroken ? violation : undefined,
  )
  p04.evidence.paths = [path(1, 2, 'UDP', isBroken ? 'source' : 'ok', node), path(2, 1, 'UDP', 'ok', node)]
  p04.evidence.flows = [translated(1, 2, node)]
  p04.evidence.flowsBroken = isBroken ? 1 : 0
  const p02 = result(P02, 'passed')
  p02.evidence.paths = [path(1, 2, 'TCP', 'ok', node), path(2, 1, 'TCP', 'ok', node)]
  const s06: Result = { ...result(S06, 'passed'), timeline: { drawing: 'old-1  r··t', rows: replaced } }
  const skipped = result(DS01, 'skipped', 'needs dual: pods have addresses of one family')
  return run([p04, p02, s06, skipped], [P04, P02, S06, DS01], layoutOf(2, node), isBroken ? causes : [])
}

const replaced = {
  milliseconds: 4000,
  requests: numbers(40).map((n) => ({
    at: n * 100,
    took: 2,
    way: 'TCP',
    ...(n === 20 ? { failure: 'reset' } : { by: 'u' }),
  })),
  events: [
    { at: 0, uid: 'u', pod: 's06-old-1', change: 'ready' },
    { at: 2000, uid: 'u', pod: 's06-old-1', change: 'terminated' },
  ],
}

/** A run of many nodes in a ring, in which the clients of one node are translated, and each promise is broken there. */
export function largeRun(nodes: number): Run {
  const node = (n: number) => `ip-10-0-${n >> 8}-${n & 255}.eu-central-1.compute.internal`
  const rows: Row[] = numbers(280).map((n) =>
    row(`P${String(n % 99).padStart(2, '0')}`, LEVELS[n % 2] ?? 'core', n, `row ${n}`),
  )
  const results = rows.map((each) => {
    const words = {
      expected: 'intact',
      actual: `seen ${node(1)} `.repeat(20),
      where: numbers(nodes).map(node).join(', '),
    }
    const broken = result(each, 'failed', words.actual, words)
    const ring = numbers(nodes).flatMap((n) => [path(n, (n % nodes) + 1, 'UDP', n === 1 ? 'source' : 'ok', node)])
    const flows = numbers(200).map((n) => translated(1, n + 1, node))
    Object.assign(broken.evidence, { paths: ring, flows, flowsBroken: 200, flowsTotal: 1000 })
    return { ...broken, tables: ['x'.repeat(20_000)] }
  })
  const made = run(results, rows, layoutOf(nodes, node), [])
  Object.assign(made.model.facts?.cluster ?? {}, { nodes, tested: numbers(nodes).map(node) })
  return made
}

function run(results: Result[], specification: Row[], layout: Layout, causes: readonly Cause[]): Run {
  const facts = {
    ...{ run: 'r', flatnetVersion: '0.1.0', startedAt: '2026-01-02T03:04:05Z', specification, layout, expected: [] },
    cluster: { source: 'fake', nodes: layout.nodes.length, tested: layout.nodes.map(({ name }) => name) },
    capabilities: {},
  }
  const model = { results, observations: [], facts, end: { seconds: 61, apiRequests: 628 } } as unknown as Model
  return { model, verdict: { ...judge(model), causes } }
}
