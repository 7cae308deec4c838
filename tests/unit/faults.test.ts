import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, it } from 'node:test'
import { GATEWAY } from '../../cluster/outside/gateway.ts'
import type { Topology } from '../../contract/topology.ts'
import type { Fault, Meanwhile, NodeStep, Place, Step } from '../../faults/fault.ts'
import { FAULTS } from '../../faults/index.ts'
import { placeOn, unfitHere } from '../../prover/place.ts'
import { type OnNode, putScript, takeScript } from '../../prover/scripts.ts'
import { readSpecification } from '../../suite/features.ts'
import { fakeTopology } from './fake.ts'

const { rows } = readSpecification()
const IDS = [...new Set(rows.map(({ id }) => id))]

describe('the faults', () => {
  it('are many, each with a name of its own', () => {
    const ids = FAULTS.map(({ id }) => id)
    assert.ok(ids.length >= 30)
    assert.equal(new Set(ids).size, ids.length)
    for (const id of ids) assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/)
  })

  it('say in one short sentence what somebody would recognise', () => {
    for (const { id, says } of FAULTS) {
      assert.match(says, /^[A-Z].*[^.]\.$/, id)
      assert.ok(says.length <= 140, `${id}: ${says.length} characters`)
    }
  })

  it('claim scenarios and rows that there are', () => {
    for (const { id, breaks, also } of FAULTS) {
      assert.ok(breaks.length > 0, `${id} claims nothing`)
      for (const claim of breaks) {
        assert.ok(IDS.includes(claim.id), `${id} claims ${claim.id}`)
        const named = rows.filter((row) => row.id === claim.id && (claim.rows?.test(row.row) ?? true))
        assert.ok(named.length > 0, `${id} claims rows of ${claim.id} that are not there: ${claim.rows}`)
      }
      if (also) assert.ok(also.because.length > 10, `${id}: why`)
      assert.deepEqual(also?.ids.filter((each) => !IDS.includes(each)) ?? [], [], `${id} may be noticed by these`)
    }
  })

  it('leave no scenario that nothing claims', () => {
    const claimed = new Set(FAULTS.flatMap(({ breaks }) => breaks.map(({ id }) => id)))
    assert.deepEqual(
      IDS.filter((id) => !claimed.has(id)),
      [],
      'each needs a fault that claims it',
    )
  })
})

type Ip = 'ipv4' | 'ipv6' | 'dual'
const VIRTUAL = {
  ipv4: { ranges: ['10.96.0.0/16'], api: ['10.96.0.1'], dns: ['10.96.0.10'] },
  ipv6: { ranges: ['fd00:10:96::/112'], api: ['fd00:10:96::1'], dns: ['fd00:10:96::a'] },
}
const both = <K extends 'ranges' | 'api' | 'dns'>(key: K) => [...VIRTUAL.ipv4[key], ...VIRTUAL.ipv6[key]]
const virtualOf = (ip: Ip) =>
  ip === 'dual' ? { ranges: both('ranges'), api: both('api'), dns: both('dns') } : VIRTUAL[ip]

/** Hosts outside the cluster at these addresses. */
const outsideOf = (ips: string[]): NonNullable<Topology['outside']> => {
  const ports = { tcp: 7000, udp: 7000, http: 7080 }
  const host = (pod: string) => ({
    ...{ namespace: '', pod, uid: pod, container: 'outside', node: 'outside', ips, hostIPs: [], ports },
    command: ['sh'],
  })
  const gateway = { external: ips, shell: ['sh'] }
  return {
    how: 'fake',
    observer: host('the observer'),
    dials: true,
    internet: host('the internet host'),
    routed: host('the routed host'),
    gateway,
  }
}

/** Every address of the fake topology in these versions of IP. */
function topologyOf(ip: Ip): Topology {
  const six = (v4: string) =>
    v4.replace(/^10\.244\.(\d+)\.(\d+)/, 'fd00:10:244:$1::$2').replace(/^172\.18\.0\.(\d+)/, 'fd00:172:18::$1')
  const all = (v4: readonly string[]) => [
    ...(ip === 'ipv6' ? [] : v4),
    ...(ip === 'ipv4' ? [] : v4.map((each) => six(each).replace(/\/24$/, '/64').replace('::0/', '::/'))),
  ]
  const fake = fakeTopology(3, ['client', 'server', 'probed', 'host'])
  const service = (n: number) => {
    const ips = all([`10.244.9.${n}`]).map((each) => each.replace('10.244.9', '10.96.1').replace('10:244:9', '10:96'))
    return { name: `service-${n}`, uid: `uid-${n}`, ip: ips[0] ?? '', ips }
  }
  const nodes = fake.nodes.map((node) => ({
    ...node,
    internalIPs: all(node.internalIPs),
    podCIDRs: all(node.podCIDRs),
  }))
  return {
    ...fake,
    nodes,
    allNodes: nodes,
    outside: outsideOf(all(['172.18.0.99'])),
    service: service(1),
    headless: service(2),
    pods: fake.pods.map((pod) => ({
      ...pod,
      hostname: `${pod.role}-host`,
      containers: pod.containers.map((each) => ({ ...each, ips: all(each.ips), hostIPs: all(each.hostIPs) })),
    })),
  }
}

interface Steps {
  fault: Fault
  place: Place
  all: readonly Step[]
  onNodes: readonly OnNode[]
}

function stepsOf(ip: Ip): Steps[] {
  const topology = topologyOf(ip)
  return FAULTS.filter((fault) => unfitHere(fault, fault.on[0] ?? '', topology) === undefined).map((fault) => {
    const [node] = topology.nodes
    assert.ok(node)
    const place = placeOn(topology, node, virtualOf(ip))
    const all = fault.steps(place)
    const isNode = (step: Step): step is NodeStep => 'node' in step
    const isMeanwhile = (step: Step): step is Meanwhile => 'begin' in step
    const onNodes = [...all.filter(isNode), ...all.filter(isMeanwhile).flatMap(({ leaves = [] }) => leaves)]
    return { fault, place, all, onNodes }
  })
}

const text = (step: OnNode) => [step.in ?? '', step.out, step.shows].join('\n')

for (const ip of ['ipv4', 'ipv6', 'dual'] as const) {
  describe(`the steps of the faults on ${ip}`, () => {
    const steps = stepsOf(ip)

    it('are there, with a way in, a way out and something that shows', () => {
      assert.ok(steps.length >= 30)
      for (const { fault, all, onNodes, place } of steps) {
        assert.ok(all.length > 0, fault.id)
        for (const { node, in: put, out, shows } of onNodes) {
          assert.ok(
            node === GATEWAY || place.topology.nodes.some(({ name }) => name === node),
            `${fault.id} on ${node}`,
          )
          assert.notEqual(put?.trim(), '', fault.id)
          assert.ok(out.trim() && shows.trim(), fault.id)
        }
      }
    })

    it('leave nothing on a node under a name that is not flatnet’s', () => {
      for (const { fault, onNodes } of steps) {
        const all = onNodes.map(text).join('\n')
        for (const [, , name] of all.matchAll(/\btable (inet|ip6?) (\S+)/g))
          assert.match(name ?? '', /^flatnet_/, fault.id)
        for (const [path] of all.matchAll(/(?<![\w$])\/run\/[^\s"';)]+/g))
          assert.match(path, /^\/run\/(flatnet|netns\b)/, fault.id)
        for (const [, file = ''] of all.matchAll(/>+ *([/$"]\S+)/g))
          assert.match(file, /^"?(\/run\/flatnet|\/dev\/null|\/proc\/)/, `${fault.id} writes ${file}`)
      }
    })

    it('speak of the addresses that there are', () => {
      for (const { fault, all, onNodes } of steps) {
        const said = `${onNodes.map(text).join('\n')}\n${JSON.stringify(all)}`
        assert.doesNotMatch(
          said,
          /undefined|NaN|\{ *\}(?!["}\],])|addr +(drop|accept|snat|dnat|masquerade)\b/,
          fault.id,
        )
        if (ip === 'ipv6') assert.doesNotMatch(said, /\b(10|172)\.\d+\.\d+\.\d+|\bip [sd]addr\b/, fault.id)
        if (ip === 'ipv4') assert.doesNotMatch(said, /\bfd00:|\bip6 [sd]addr\b/, fault.id)
      }
    })

    it('are shell, and their notes too', () => {
      const scripts = steps.flatMap(({ fault, onNodes }) =>
        [...Map.groupBy(onNodes, ({ node }) => node)].flatMap(([node, these]) => [
          putScript(fault.id, node, these),
          takeScript(fault.id, node, these),
        ]),
      )
      execFileSync('sh', ['-n'], { input: scripts.map((script) => `(\n${script}\n)`).join('\n') })
    })
  })
}
