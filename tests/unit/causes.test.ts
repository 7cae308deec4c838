import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { End, Path } from '../../contract/path.ts'
import type { Cause } from '../../reports/cause.ts'
import { causesOf } from '../../reports/causes/causes.ts'
import type { Result } from '../../reports/model.ts'
import { result, row } from './results.ts'

const NODES = ['a-1', 'a-2', 'a-3']
const pod = (node: string, name = `pod-${node}`): End => ({ kind: 'pod', name, node })
const SERVICE: End = { kind: 'service', name: 'the standing Service', node: '' }

/** Conversations of one kind, answered unless something else is said. */
const path = (from: End, to: End, more: Partial<Path> = {}): Path => ({
  ...{ from, to, protocol: 'TCP', via: to === SERVICE ? 'virtual IP' : 'pod IP', effect: 'ok', port: 7_000 },
  ...{ localPort: 32_768, isNew: false, count: 10, against: 0, ...more },
})

/** The paths of each pair of nodes by each protocol, changed where a fault is. */
const mesh = (change: (path: Path) => Partial<Path>, more: Partial<Path> = {}): Path[] =>
  (['TCP', 'UDP'] as const).flatMap((protocol) =>
    NODES.flatMap((from) =>
      NODES.map((to) => {
        const one = path(pod(from, `client-${from}`), pod(to, `server-${to}`), { protocol, ...more })
        const changed = { ...one, ...change(one) }
        return changed.effect === 'ok' ? changed : { ...changed, against: changed.count }
      }),
    ),
  )

const isBetween = ({ from, to }: Path) => from.node !== to.node
const touches = ({ from, to }: Path, node: string) => from.node === node || to.node === node

/** The row of these conversations. It failed if some of them break its promise. */
const rowOf = (id: string, paths: readonly Path[], actual = 'something was seen'): Result => {
  const failed = paths.some(({ against }) => against > 0)
  const told = result(
    row(id, 'core', 1, id),
    failed ? 'failed' : 'passed',
    actual,
    failed ? { expected: 'e', actual } : undefined,
  )
  return { ...told, evidence: { ...told.evidence, paths: [...paths] } }
}
const ids = ({ explains }: Cause) => explains.map(({ id }) => id)
const only = (causes: readonly Cause[]): Cause => {
  assert.equal(causes.length, 1, causes.map(({ says }) => says).join('\n'))
  return causes[0] as Cause
}

describe('the causes of a run', () => {
  it('are none if nothing failed', () => {
    assert.deepEqual(
      causesOf(
        [
          rowOf(
            'P02',
            mesh(() => ({})),
          ),
        ],
        NODES,
      ),
      [],
    )
  })

  it('name the node, the protocol and the direction of lost packets, and what is intact beside them', () => {
    const lost = (each: Path) =>
      each.protocol === 'UDP' && isBetween(each) && touches(each, 'a-2') ? { effect: 'timeout' as const } : {}
    const service = NODES.map((node) =>
      path(pod(node), SERVICE, { protocol: 'UDP', ...(node === 'a-2' && { effect: 'timeout', against: 10 }) }),
    )
    const cause = only(causesOf([rowOf('P02', mesh(lost)), rowOf('P03', mesh(lost)), rowOf('S01', service)], NODES))
    assert.equal(cause.says, 'UDP between a-2 and other nodes is lost (80 of 80).')
    assert.deepEqual([cause.kind, cause.nodes, cause.protocol, cause.isSure], ['packets lost', ['a-2'], 'UDP', true])
    assert.deepEqual(cause.intact, [
      'TCP on the same path is intact (80 of 80).',
      'UDP inside a-2 is intact (20 of 20).',
      'UDP that does not touch a-2 is intact (40 of 40).',
    ])
    assert.deepEqual(ids(cause), ['P02', 'P03', 'S01'])
    assert.ok(cause.look.every((command) => !command.includes('NODE')))
    assert.equal(cause.look.length, 2)
  })

  it('name the pods of a node if its own network is intact', () => {
    const host = (node: string): End => ({ kind: 'host pod', name: `host-${node}`, node })
    const lost = (each: Path) =>
      isBetween(each) && each.protocol === 'UDP' && touches(each, 'a-2') ? { effect: 'timeout' as const } : {}
    const hosts = NODES.flatMap((from) =>
      NODES.filter((to) => to !== from && to !== 'a-2').map((to) =>
        path(host(from), pod(to, `server-${to}`), { protocol: 'UDP' }),
      ),
    )
    const cause = only(causesOf([rowOf('P02', mesh(lost)), rowOf('P10', hosts)], NODES))
    assert.equal(cause.says, 'UDP between pods on a-2 and other nodes is lost (40 of 40).')
    assert.deepEqual([cause.nodes, cause.isSure], [['a-2'], true])
  })

  const DNS: End = { kind: 'service', name: 'cluster DNS', node: '' }
  const asked = (from: End, more: Partial<Path> = {}) =>
    path(from, DNS, { protocol: 'DNS over UDP', via: 'virtual IP', port: 53, ...more })
  const silent = { effect: 'timeout' as const, against: 10 }

  it('name broken virtual IPs alone if cluster DNS is behind them', () => {
    const services = NODES.flatMap((node) =>
      (['TCP', 'UDP'] as const).map((protocol) => path(pod(node), SERVICE, { protocol, ...silent })),
    )
    const names = NODES.map((node) => asked(pod(node), silent))
    const results = [
      rowOf('S01', services),
      rowOf('D01', names),
      rowOf(
        'P02',
        mesh(() => ({})),
      ),
    ]
    const cause = only(causesOf(results, NODES))
    assert.deepEqual([cause.kind, ids(cause)], ['service proxy', ['S01', 'D01']])
    const lies = NODES.map((node) => asked(pod(node), { ...silent, effect: 'wrong answer' }))
    assert.equal(causesOf([rowOf('S01', services), rowOf('D01', lies)], NODES).length, 2)
  })

  it('name cluster DNS once, although an agent beside a server is answered, and hosts files answer', () => {
    const host: End = { kind: 'host pod', name: 'host-a-1', node: 'a-1' }
    const names = NODES.map((node) => asked(pod(node), silent))
    const results = [
      rowOf('D01', names),
      rowOf('D11', [asked(host), asked({ ...host, node: 'a-2', name: 'host-a-2' }, silent)]),
      rowOf(
        'D12',
        NODES.map((node) => asked(pod(node), { via: 'name' })),
      ),
    ]
    const cause = only(causesOf(results, NODES))
    assert.match(cause.says, /^Questions to cluster DNS over UDP from pods on all nodes get no answer/)
    assert.deepEqual(ids(cause), ['D01', 'D11'])
  })

  it('name one direction if the other one is intact', () => {
    const lost = (each: Path) => (isBetween(each) && each.to.node === 'a-3' ? { effect: 'timeout' as const } : {})
    const cause = only(causesOf([rowOf('P02', mesh(lost))], NODES))
    assert.equal(cause.says, 'Traffic from other nodes to a-3 is lost (40 of 40).')
  })

  it('name the address that a source becomes', () => {
    const translated = (each: Path) =>
      isBetween(each) && each.from.node === 'a-1' ? { effect: 'source' as const, becomes: '192.0.2.1' } : {}
    const cause = only(causesOf([rowOf('P04', mesh(translated))], NODES))
    assert.equal(cause.says, 'Traffic from a-1 to other nodes arrives with the source address 192.0.2.1 (40 of 40).')
    assert.equal(cause.kind, 'source translated')
  })

  it('name the size from which on packets are lost', () => {
    const sizes = [64, 512, 1_232, 1_400].flatMap((request) =>
      mesh((each) => (isBetween(each) && each.from.node === 'a-1' && request > 1_000 ? { effect: 'timeout' } : {}), {
        request,
      }),
    )
    const cause = only(causesOf([rowOf('P18', sizes)], NODES))
    assert.match(cause.says, /^Traffic with (requests of )?1,232 bytes and more from a-1 to other nodes is lost/)
    assert.equal(cause.kind, 'packets of a size lost')
    assert.ok(cause.intact.some((text) => text.startsWith('Smaller traffic on the same path is intact')))
  })

  it('name the band of local ports, and the port of a server', () => {
    const bands = [1, 1_024, 32_768].flatMap((localPort) =>
      mesh((each) => (isBetween(each) && each.from.node === 'a-1' && localPort === 1 ? { effect: 'timeout' } : {}), {
        localPort,
      }),
    )
    assert.match(only(causesOf([rowOf('P02', bands)], NODES)).says, /with local ports from 1 on from a-1/)
    const ports = [7_000, 80].flatMap((port) =>
      mesh((each) => (each.to.node === 'a-1' && port === 80 ? { effect: 'timeout' } : {}), { port }),
    )
    const cause = only(causesOf([rowOf('P16', ports)], NODES))
    assert.match(cause.says, /to port 80 /)
    assert.equal(cause.kind, 'ports filtered')
  })

  it('say that only a part is lost, and are not sure then', () => {
    const some = (each: Path) =>
      isBetween(each) && touches(each, 'a-1')
        ? [{ ...each, count: 3, effect: 'timeout' as const, against: 3 }, each]
        : [each]
    const cause = only(causesOf([rowOf('P03', mesh(() => ({})).flatMap(some))], NODES))
    assert.equal(cause.isSure, false)
    assert.match(cause.says, /between a-1 and other nodes is lost \(24 of \d+ conversations\)/)
  })

  it('are two if two things are broken', () => {
    const both = mesh((each) =>
      isBetween(each) && touches(each, 'a-1') && each.protocol === 'UDP' ? { effect: 'timeout' } : {},
    )
    const nat = mesh((each) =>
      each.from.node === 'a-3' && !isBetween(each) ? { effect: 'source', becomes: '192.0.2.9' } : {},
    )
    const causes = causesOf([rowOf('P02', both), rowOf('P04', nat)], NODES)
    assert.deepEqual(
      causes.map(({ says }) => says.replace(/ \(.*/, '')),
      ['UDP between a-1 and other nodes is lost', 'Traffic inside a-3 arrives with the source address 192.0.2.9'],
    )
    assert.deepEqual(causes.map(ids), [['P02'], ['P04']])
  })

  it('are the Service proxy of a node if only its clients do not reach virtual IPs', () => {
    const service = NODES.map((node) =>
      path(pod(node), SERVICE, node === 'a-2' ? { effect: 'timeout', against: 10 } : {}),
    )
    const cause = only(
      causesOf(
        [
          rowOf(
            'P02',
            mesh(() => ({})),
          ),
          rowOf('S01', service),
        ],
        NODES,
      ),
    )
    assert.deepEqual([cause.kind, cause.nodes], ['service proxy', ['a-2']])
    assert.equal(cause.says, 'TCP from a-2 to virtual IPs is lost (10 of 10).')
  })

  it('do not blame a path for a Service that only clients elsewhere have lost altogether', () => {
    const lost = (each: Path) => (isBetween(each) && each.from.node === 'a-1' ? { effect: 'timeout' as const } : {})
    const service = NODES.map((node) =>
      path(pod(node), SERVICE, node === 'a-3' ? { effect: 'timeout', against: 10 } : {}),
    )
    const causes = causesOf([rowOf('P02', mesh(lost)), rowOf('S01', service)], NODES)
    assert.deepEqual(
      causes.map((cause) => [cause.kind, ...cause.nodes, ...ids(cause)]),
      [
        ['packets lost', 'a-1', 'P02'],
        ['service proxy', 'a-3', 'S01'],
      ],
    )
  })

  it('do not blame the way out of the cluster for a Service', () => {
    const outside: End = { kind: 'outside', name: 'observer', node: '' }
    const out = NODES.flatMap((node) =>
      (['TCP', 'UDP', 'HTTP'] as const).map((protocol) =>
        path(pod(node), outside, {
          ...{ protocol, via: 'outside' },
          ...(node === 'a-2' && { effect: 'timeout', against: 10 }),
        }),
      ),
    )
    const service = NODES.map((node) =>
      path(pod(node), SERVICE, node === 'a-2' ? { effect: 'timeout', against: 10 } : {}),
    )
    const causes = causesOf([rowOf('E01', out), rowOf('S01', service)], NODES)
    assert.deepEqual(causes.map(({ kind }) => kind).sort(), ['egress', 'service proxy'])
  })

  it('tell a missing masquerade from a lost way out: a host outside saw the addresses of pods', () => {
    const outside: End = { kind: 'outside', name: 'observer', node: '' }
    const out = (unmasked: readonly string[]) =>
      NODES.flatMap((node) =>
        ['TCP', 'UDP', 'HTTP'].map((protocol) =>
          path(pod(node), outside, {
            ...{ protocol: protocol as Path['protocol'], via: 'outside' },
            ...(node === 'a-2' && { effect: 'timeout', against: 10 }),
            ...(node === 'a-2' && unmasked.includes(protocol) && { isUnmasked: true }),
          }),
        ),
      )
    const without = only(causesOf([rowOf('E02', out(['TCP', 'UDP']))], NODES))
    assert.equal(without.kind, 'masquerade')
    assert.match(without.says, /from a-2 to hosts outside arrives with the address of the pod, so the answers find no/)
    const lost = only(causesOf([rowOf('E02', out(['UDP']))], NODES))
    assert.deepEqual([lost.kind, /is lost/.test(lost.says)], ['egress', true])
  })

  it('name the IP family that is lost, where there are two', () => {
    const both = (['IPv4', 'IPv6'] as const).flatMap((family) =>
      mesh((each) => (isBetween(each) && family === 'IPv6' ? { effect: 'timeout' } : {}), { family }),
    )
    const cause = only(causesOf([rowOf('P02', both)], NODES))
    assert.deepEqual([cause.kind, cause.isSure], ['second IP family', true])
    assert.match(cause.says, /^Traffic over IPv6 between nodes is lost \(120 of 120\)/)
  })

  it('tell large packets of one IP family that are lost from a family that is not configured', () => {
    const both = (['IPv4', 'IPv6'] as const).flatMap((family) =>
      [64, 1_400].flatMap((request) =>
        mesh((each) => (isBetween(each) && family === 'IPv6' && request > 1_300 ? { effect: 'timeout' } : {}), {
          ...{ family, request },
        }),
      ),
    )
    const cause = only(causesOf([rowOf('P11', both)], NODES))
    assert.equal(cause.kind, 'packets of a size lost')
    assert.match(cause.usually, /one IP family/)
  })

  it('count all conversations, and not one of each kind', () => {
    const some = mesh((each) => (isBetween(each) && each.from.node === 'a-1' ? { effect: 'timeout' } : {}))
    const more = mesh(() => ({}), { count: 500 })
    const cause = only(causesOf([rowOf('P02', some), rowOf('P03', more)], NODES))
    assert.deepEqual([cause.isSure, cause.counts], [false, { broken: 40, of: 2_040 }])
  })

  it('let a row without conversations stand by itself, with the node that its sentence names', () => {
    const alone = (id: string, actual: string): Result => ({
      ...rowOf(id, []),
      ...{ status: 'failed', because: actual },
      evidence: { ...rowOf(id, []).evidence, violation: { expected: 'e', actual } },
    })
    const causes = causesOf(
      [alone('I04', 'pod server-2 on a-2 has another name'), alone('P07', 'a-1 and a-10 share 192.0.2.1')],
      [...NODES, 'a-10'],
    )
    assert.deepEqual(
      causes.map(({ nodes }) => nodes),
      [['a-2'], ['a-1', 'a-10']],
    )
    assert.deepEqual(
      causes.map(({ kind }) => kind),
      ['pod facts', 'pod addresses'],
    )
    assert.equal(causes[0]?.says, 'pod server-2 on a-2 has another name.')
    assert.ok(causes.every(({ isSure }) => !isSure))
  })

  it('come from verdicts alone: what a row without a verdict saw counts nowhere', () => {
    const lost = mesh((each) => (isBetween(each) ? { effect: 'timeout' } : {}))
    const doubtful: Result = { ...rowOf('P02', lost), status: 'inconclusive' }
    assert.deepEqual(causesOf([doubtful], NODES), [])
  })
})
