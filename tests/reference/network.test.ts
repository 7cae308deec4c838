import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { suite, type TestContext, test } from 'node:test'
import type { IpFamily } from '../../reference/network/addresses.ts'
import { buildNodes, type NodeNetwork, planNodes } from '../../reference/network/nodes.ts'
import { addressPool, buildPod, type PodNetwork, planPod, removePod } from '../../reference/network/pods.ts'
import { openWorld, type World } from '../../reference/network/world.ts'

// Bash can open a TCP connection without a program of its own, and a closed port is an answer too: it proves the way there and back.
const knock = (from: string, to: string) =>
  `nsenter --net=/run/netns/${from} timeout 2 bash -c ': < /dev/tcp/${to}/9' 2>&1 | grep -q refused || echo '${from} cannot reach ${to}'\n`

interface Network {
  world: World
  nodes: NodeNetwork[]
  pods: PodNetwork[]
}

async function network(context: TestContext, family: IpFamily, count = 2): Promise<Network> {
  const world = await openWorld()
  context.after(() => world.close())
  const nodes = planNodes(count, family)
  await buildNodes(world, nodes)
  const plans = nodes.flatMap((node) => [2, 3].map((place) => ({ node, pod: planPod(node, place) })))
  await Promise.all(plans.map(({ node, pod }) => buildPod(world, node, pod)))
  return { world, nodes, pods: plans.map(({ pod }) => pod) }
}

suite('the network of a reference cluster', () => {
  for (const family of ['ipv4', 'ipv6', 'dual'] as const)
    test(`every pod reaches every pod and node, ${family}`, async (context) => {
      const { world, nodes, pods } = await network(context, family)
      const targets = [
        ...pods.flatMap(({ addresses }) => addresses),
        ...nodes.flatMap(({ addresses }) => addresses.map(({ node }) => node)),
      ]
      const script = pods.flatMap(({ name }) => targets.map((target) => knock(name, target)))
      assert.equal(await world.run(script.join('')), '')
    })

  test('a pod has one interface, its other end on its node', async (context) => {
    const { world, nodes, pods } = await network(context, 'dual', 1)
    const [[node], [pod]] = [nodes, pods]
    assert.ok(node && pod)
    const links = await world.run(`ip -n ${pod.name} -o link; ip -n node-1 -o link show master cni0`)
    assert.match(links, /eth0@/)
    assert.match(links, /veth-1-2@/)
    await removePod(world, node, pod)
    assert.doesNotMatch(await world.run('ip -n node-1 -o link show master cni0'), /veth-1-2@/)
  })

  test('two clusters side by side do not meet, and one goes without the other', async (context) => {
    const [one, other] = await Promise.all([network(context, 'ipv4', 1), network(context, 'ipv4', 1)])
    await one.world.close()
    assert.ok(!existsSync(`/proc/${one.world.pid}`))
    assert.equal(await other.world.run(knock('pod-1-2', '10.244.1.3')), '')
  })

  test('addresses are given out the longest unused first', () => {
    const pool = addressPool()
    assert.deepEqual([pool.take(), pool.take()], [2, 3])
    pool.release(2)
    assert.equal(pool.take(), 4)
  })
})
