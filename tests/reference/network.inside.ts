import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { IpFamily } from '../../reference/network/addresses.ts'
import { shell } from '../../reference/network/commands.ts'
import { buildNodes, planNodes } from '../../reference/network/nodes.ts'
import { addressPool, buildPod, planPod, removePod } from '../../reference/network/pods.ts'

// Bash can open a TCP connection without a program of its own, and a closed port is an answer too: it proves the way there and back.
const knock = (from: string, to: string) =>
  `nsenter --net=/run/netns/${from} timeout 2 bash -c ': < /dev/tcp/${to}/9' 2>&1 | grep -q refused || echo '${from} cannot reach ${to}'\n`

const family = (process.argv[2] ?? 'ipv4') as IpFamily

suite(`the network of a reference cluster, ${family}`, () => {
  const nodes = planNodes(2, family)
  const pods = nodes.flatMap((node) => [2, 3].map((place) => ({ node, pod: planPod(node, place) })))

  before(async () => {
    await buildNodes(nodes)
    await Promise.all(pods.map(({ node, pod }) => buildPod(node, pod)))
  })
  after(() => shell('ip -all netns del'))

  test('every pod reaches every pod and node', async () => {
    const targets = [
      ...pods.flatMap(({ pod }) => pod.addresses),
      ...nodes.flatMap(({ addresses }) => addresses.map(({ node }) => node)),
    ]
    const script = pods.flatMap(({ pod }) => targets.map((target) => knock(pod.name, target)))
    assert.equal(await shell(script.join('')), '')
  })

  test('a pod has one interface, its other end on its node', async () => {
    const [first] = pods
    assert.ok(first)
    const links = await shell(`ip -n ${first.pod.name} -o link; ip -n node-1 -o link show master cni0`)
    assert.match(links, /eth0@/)
    assert.match(links, /veth-1-2@/)
    await removePod(first.node, first.pod)
    assert.doesNotMatch(await shell('ip -n node-1 -o link show master cni0'), /veth-1-2@/)
  })

  test('addresses are given out the longest unused first', () => {
    const pool = addressPool()
    assert.deepEqual([pool.take(), pool.take()], [2, 3])
    pool.release(2)
    assert.equal(pool.take(), 4)
  })
})
