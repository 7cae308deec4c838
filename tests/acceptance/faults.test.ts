import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import type { Outcome } from '../../probe/protocol.ts'
import { preflight } from '../../reference/index.ts'
import { broken, type Report } from './cli.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const PODS = '10.244.0.0/16'
const OWN = '10.244.2.0/24'
const NODE = 'node-2'

/** Keeps each pod's address and moves its source ports. */
const portsAlone = Array.from({ length: 60 }, (_, i) => `10.244.2.${i + 2}`)
  .map((ip) => `ip saddr ${ip} ip daddr ${PODS} oifname "eth0" meta l4proto { tcp, udp } snat ip to ${ip}:20000-30000`)
  .join('\n')

interface Fault {
  name: string
  /** What is put on one of two nodes. */
  hook: string
  rules: string
  selects: string[]
  /** Exactly these of the selected ids fail. */
  breaks: string[]
  /** What the report says of the first of them. */
  expected: string
  says: RegExp
}

/** That each fault is noticed is proven by the prover; here is what a reader is told then. */
const FAULTS: Fault[] = [
  {
    name: 'source NAT toward the other node',
    hook: 'nat hook postrouting priority srcnat',
    rules: `ip saddr ${OWN} ip daddr ${PODS} oifname "eth0" masquerade`,
    selects: ['P01', 'P02', 'P03', 'P04', 'P05', 'I02', 'P12'],
    breaks: ['I02', 'P04', 'P05', 'P12'],
    expected: 'the server sees the client’s own pod IP as its peer',
    says: /client says +10\.244\.2\.\d+:\d+ +-> +10\.244\.1\.\d+:\d+\n *server saw +172\.30\.0\.12:\d+ +-> +10\.244\.1\.\d+:\d+\n.*172\.30\.0\.12 is the address of node-2: node-2 translates the source of (TCP|UDP) packets/,
  },
  {
    name: 'ports translated, addresses kept',
    hook: 'nat hook postrouting priority srcnat',
    rules: portsAlone,
    selects: ['P02', 'P04', 'P05'],
    breaks: ['P05'],
    expected: 'no address and no port is translated on the way',
    says: /server saw +10\.244\.2\.\d+:2\d{4} .*\n.*The address is kept and the port is not/,
  },
  {
    name: 'the node does not reach its own pods',
    hook: 'filter hook output priority 0',
    rules: `ip daddr ${OWN} drop`,
    selects: ['P02', 'N01'],
    breaks: ['N01'],
    expected: 'the kubelet’s httpGet probe succeeds',
    says: /probed-2 on node-2 \(10\.244\.2\.\d+\): not ready by the kubelet’s httpGet probe/,
  },
]

const failures = (report: Report) => report.profiles.flatMap(({ failed }) => failed)

describe('a fault on one node is told:', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(2)
    cluster.desk.file(
      'flatnet.yaml',
      'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nlimits: { kubelet: 6000, dial: 3000 }\n',
    )
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  for (const { name, hook, rules, selects, breaks, expected, says } of FAULTS) {
    it(`${name}: ${breaks.join(', ')}`, async () => {
      await using _ = await cluster.fault(NODE, hook, rules)
      const { code, stdout, stderr } = await cluster.run('run', '--verbose', ...selects)
      const report = cluster.desk.report()
      assert.deepEqual(broken(report), breaks, stdout + stderr)
      assert.equal(code, 1)
      assert.equal(report.result, 'non-conformant')
      const first = failures(report).find(
        ({ id }) => id === breaks.filter((each) => each.startsWith('P'))[0] || id === breaks[0],
      )
      assert.match(first?.because ?? '', says)
      assert.equal(first?.expected, expected)
      assert.match(stdout, new RegExp(`^ {4}expected  ${expected}\n(    row .*\n)?    seen      \\S`, 'm'))
      assert.match(stdout, /^ {4}where {5}.*node-2/m)
      assert.deepEqual(
        stdout.split('\n').filter((line) => line.length > 80),
        [],
      )
      const junit = readFileSync(cluster.desk.path('flatnet-report', 'junit.xml'), 'utf8')
      assert.match(junit, new RegExp(`<failure type="NonConformance" message="Expected: ${expected}\\.&#xA;Seen: `))
      for (const id of breaks) assert.match(stdout, new RegExp(`^ *FAIL +${id} `, 'm'))
      for (const id of selects.filter((each) => !breaks.includes(each))) {
        assert.match(stdout, new RegExp(`^ *ok +${id} `, 'm'), `${id} is kept`)
      }
      assert.deepEqual(await cluster.namespaces(), [])
    })
  }

  it('with the conversations that broke the promise before all others in its evidence', async () => {
    await using _ = await cluster.fault(NODE, FAULTS[0]?.hook ?? '', FAULTS[0]?.rules ?? '')
    assert.equal((await cluster.run('run', 'I07')).code, 1)
    const file = cluster.desk.path('flatnet-report', 'evidence', 'I07-another-node-UDP.json')
    const { expected, flows, flowsBroken } = JSON.parse(readFileSync(file, 'utf8')) as {
      expected: string
      flows: Outcome[]
      flowsBroken: number
    }
    assert.match(expected, /the client’s own pod IP/)
    const bent = flows.map(({ server }) => server?.peer.ip === '172.30.0.12')
    assert.ok(flowsBroken > 0 && flowsBroken < flows.length, `${flowsBroken} of ${flows.length}`)
    assert.deepEqual(bent.slice(0, flowsBroken), Array(flowsBroken).fill(true))
    assert.ok(!bent.slice(flowsBroken).includes(true))
  })

  it('and is kept for a look where that is asked for', async () => {
    await using _ = await cluster.fault(NODE, 'filter hook output priority 0', `ip daddr ${OWN} drop`)
    const { code, stderr } = await cluster.run('run', 'N01', '--keep-on-failure')
    assert.equal(code, 1)
    const [, name = ''] = /the objects of this run are kept: kubectl get pods -n (\S+);/.exec(stderr) ?? []
    assert.ok((await cluster.namespaces()).includes(name), stderr)
    assert.equal((await cluster.run('clean')).code, 0)
    assert.deepEqual(await cluster.namespaces(), [])
  })
})
