import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { flatnet, kindIsHere, type Outcome, tool } from './kind.ts'

/** One of each kind: on the node, between nodes, in a pod, out of the cluster, on the gateway, into the cluster. */
const FAULTS = [
  'source-nat-of-udp',
  'large-packets',
  'node-to-its-pods',
  'localhost-exposed',
  'masquerade-of-a-neighbour',
  'gateway-without-translation',
  'node-ports-filtered',
  'ingress-host-of-another',
]
/** Each run of the tests draws three of them. */
const SAMPLE = sampleOf(FAULTS, 3)

function sampleOf<T>(all: readonly T[], most: number): T[] {
  const rest = [...all]
  return Array.from({ length: most }, () => rest.splice(randomInt(rest.length), 1)).flat()
}

/** How a row says that the machine of this test was too slow for a verdict. The cluster and the tests share it. */
const BUSY = /too busy|had no CPU|did not answer within|later than limits\.|A single late answer|Too slow to judge/
const MOST_UNSURE = 6

/** An image of probes that has an entry point of its own and another user, as flatnet's has, on the nodes of a cluster. */
async function imageFor(cluster: string): Promise<AsyncDisposable & { name: string }> {
  const name = `flatnet-test:${process.pid}`
  const container = await tool(['docker', 'create', 'node:24-slim'])
  const changes = ['ENTRYPOINT ["false"]', 'USER 65532'].flatMap((change) => ['--change', change])
  await tool(['docker', 'commit', ...changes, container, name])
  await tool(['docker', 'rm', container])
  await tool(['kind', 'load', 'docker-image', name, '--name', cluster])
  return { name, [Symbol.asyncDispose]: async () => void (await tool(['docker', 'rmi', name])) }
}

describe('a kind cluster', {
  skip: (await kindIsHere()) ? false : 'no Docker and kind here',
  timeout: 1_200_000,
}, () => {
  const name = `flatnet-test-${process.pid}`
  let kubeconfig = ''
  const run = (...args: string[]): Promise<Outcome> => flatnet(['run', '--kubeconfig', kubeconfig, ...args])

  before(async () => {
    kubeconfig = (await flatnet(['cluster', 'up', '--name', name])).stdout.trim()
  })
  after(() => flatnet(['cluster', 'down', name]))

  it('conforms, every promise that exists is tested, and nothing is left', async () => {
    const { code, report, stdout } = await run()
    // First what is short: of a long message only the end is shown.
    assert.deepEqual(
      report.profiles.flatMap(({ failed }) => failed),
      [],
    )
    assert.equal(report.because, undefined)
    const unsure = report.profiles.flatMap(({ inconclusive = [] }) => inconclusive)
    assert.deepEqual(
      unsure.filter(({ because }) => !BUSY.test(because)),
      [],
    )
    assert.ok(unsure.length <= MOST_UNSURE, JSON.stringify(unsure))
    // By itself kind makes one family, nodes without a zone, no load balancer, no Gateway API, and no host with routes to pods.
    const skipped = report.profiles.flatMap((profile) => profile.skipped)
    // kube-proxy before 1.38 keeps the UDP flows that two rows of S29 are about.
    const why = /^(needs (dual|zones|lb|gatewayapi|native|netpol): |kube-proxy of .* keeps the UDP flows)/
    for (const { id, because } of skipped) assert.match(because, why, id)
    const missing = ['DS01', 'DS02', 'DS03', 'DS04', 'E03', 'S26', 'S29', 'X09', 'X10', 'X20']
    // Some networks of kind enforce policies.
    const others = skipped.filter(({ because }) => !because.startsWith('needs netpol: '))
    assert.deepEqual([...new Set(others.map(({ id }) => id))].sort(), missing)
    assert.equal(code, unsure.length > 0 ? 2 : 0, stdout.slice(0, 2_000))
    assert.ok(report.run.apiRequests <= 1_600, `${report.run.apiRequests} requests`)
    assert.equal(report.run.left, undefined)
    const left = await tool(['kubectl', '--kubeconfig', kubeconfig, 'get', 'namespaces', '-o', 'name'])
    assert.doesNotMatch(left, /flatnet/)
    const mine = ['--filter', 'label=app.kubernetes.io/managed-by=flatnet', '--format', '{{.Names}}{{.Labels}}']
    assert.equal(await tool(['docker', 'ps', '--all', ...mine]), '')
    const routes = await tool(['docker', 'exec', `${name}-worker`, 'ip', 'route'])
    assert.equal(routes.split('\n').filter((line) => /^(?!10\.244|default).* via /.test(line)).length, 0, routes)
  })

  it('is found out whichever promise is broken on one of its nodes, and conforms again', async () => {
    const faults = SAMPLE.flatMap((id) => ['--fault', id])
    await using image = await imageFor(name)
    const { code, proof, stdout } = await flatnet([
      ...['prove', '--kubeconfig', kubeconfig, '--probe-image', image.name],
      ...faults,
    ])
    // First what is short: of a long message only the end is shown.
    const { because, unhealthy, survivors } = proof ?? {}
    assert.deepEqual({ because, unhealthy, survivors }, { because: undefined, unhealthy: [], survivors: [] })
    assert.deepEqual(proof?.score, { killed: SAMPLE.length, faults: SAMPLE.length, notApplicable: 0 })
    assert.equal(code, 0, stdout)
    const nodes = await tool(['kubectl', '--kubeconfig', kubeconfig, 'get', 'nodes', '-o', 'name'])
    for (const node of nodes.split('\n').filter(Boolean)) {
      const look = 'ls /run | grep ^flatnet || :; nft list tables | grep flatnet || :'
      assert.equal(await tool(['docker', 'exec', node.replace('node/', ''), 'sh', '-c', look]), '', node)
    }
  })
})
