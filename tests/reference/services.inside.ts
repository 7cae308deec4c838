import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createStore } from '../../reference/api/store.ts'
import type { KubeObject } from '../../reference/contract.ts'
import type { IpFamily } from '../../reference/network/addresses.ts'
import { run, shell } from '../../reference/network/commands.ts'
import { planNodes } from '../../reference/network/nodes.ts'
import { planPod } from '../../reference/network/pods.ts'
import { inNetwork } from '../../reference/network/world.ts'
import { startProxies } from '../../reference/services/proxy.ts'
import { startSliceController } from '../../reference/services/slice-controller.ts'
import { buildServers, client } from './services.programs.ts'

const family = (process.argv[2] ?? 'ipv4') as IpFamily
const [range, ipFamily] = family === 'ipv6' ? ['fd00:10:96::', 'IPv6'] : ['10.96.0.', 'IPv4']

suite(`the Services of a reference cluster, ${family}`, () => {
  const nodes = planNodes(2, family)
  const store = createStore()
  // Two pods on the first node and one on the second: 1-2 and 1-3, 2-2.
  const pods = nodes.flatMap((node) =>
    [2, 3].slice(0, 3 - node.number).map((place) => ({ node, pod: planPod(node, place) })),
  )
  const [first = '', second = '', third = ''] = pods.map(({ pod }) => pod.name)
  let last = 1

  before(async () => {
    await buildServers(store, nodes, pods)
    for (const { pod } of pods) makePod(pod.name)
    startSliceController(store)
    startProxies(store, nodes)
    await sayUntil(first, `tcp ${pods[0]?.pod.addresses[0]} 7000`, /./)
    await sayUntil(first, `tcp ${pods[2]?.pod.addresses[0]} 7000`, /./)
  })
  after(() => shell('ip -all netns del'))

  function makePod(name: string, app = 'all'): void {
    const found = pods.find(({ pod }) => pod.name === name)
    assert.ok(found)
    store.remove('Pod', 'default', name)
    store.create({
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', labels: { app } } },
      spec: { nodeName: found.node.name, containers: [{ name: 'main' }] },
      status: {
        podIPs: found.pod.addresses.map((ip) => ({ ip })),
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    })
  }

  function makeService(app: string, spec: object = {}): string {
    const address = `${range}${++last}`
    const ports = ['TCP', 'UDP'].map((protocol) => ({
      name: protocol.toLowerCase(),
      protocol,
      port: 80,
      targetPort: 7000,
    }))
    const service: KubeObject = {
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: `s${last}`, namespace: 'default' } },
      spec: { clusterIP: address, clusterIPs: [address], ipFamilies: [ipFamily], selector: { app }, ports, ...spec },
    }
    store.create(service)
    return address
  }

  /** Asks from a network; gives what each answer said: the server's name and the client's address. */
  const say = (from: string, words: string) =>
    run([...inNetwork(from), process.execPath, '-e', client, ...words.split(' ')])

  async function sayUntil(from: string, words: string, expected: RegExp): Promise<string> {
    for (const end = Date.now() + 60_000; ; ) {
      const said = await say(from, words)
      if (expected.test(said) || Date.now() > end) {
        assert.match(said, expected)
        return said
      }
    }
  }

  test('every backend answers and sees the client, over TCP and UDP, from pods and nodes', async () => {
    const address = makeService('all')
    for (const protocol of ['tcp', 'udp'])
      for (const from of [third, 'node-1']) {
        await sayUntil(from, `${protocol} ${address} 80`, /pod/)
        const said = await say(from, `${protocol} ${address} 80 40`)
        for (const name of [first, second, third]) assert.ok(said.includes(name), `${protocol} ${from}: ${said}`)
        if (from === third) assert.match(said, new RegExp(`${second} ${pods[2]?.pod.addresses[0]}`))
      }
  })

  test('a pod reaches itself; with no backend everybody is refused at once', async () => {
    makePod(second, 'alone')
    const [own, nobody] = [makeService('alone'), makeService('nobody')]
    await sayUntil(second, `tcp ${own} 80`, new RegExp(`^${second} `))
    for (const protocol of ['tcp', 'udp'])
      for (const from of [second, 'node-2']) await sayUntil(from, `${protocol} ${nobody} 80 1`, /ECONNREFUSED/)
  })

  const sticky = (name: string, timeoutSeconds: number) =>
    makeService(name, { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds } } })
  const chosenBy = (said: string) => [
    ...new Set(
      said
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ),
  ]

  test('a client stays with its backend', async () => {
    const address = sticky('all', 300)
    const chosen = chosenBy(await sayUntil(third, `tcp ${address} 80`, /pod/))
    assert.deepEqual(chosenBy(await say(third, `tcp ${address} 80 10`)), chosen)
  })

  test('a client leaves its backend once the time is up', async () => {
    const address = sticky('all', 1)
    const seen = new Set(chosenBy(await sayUntil(third, `tcp ${address} 80`, /pod/)))
    for (const end = Date.now() + 60_000; seen.size < 2 && Date.now() < end; ) {
      await sleep(1100)
      for (const one of chosenBy(await say(third, `tcp ${address} 80`))) seen.add(one)
    }
    assert.equal(seen.size, 2)
  })

  test('a UDP flow moves to another backend when its own is gone', async () => {
    makePod(first, 'moving')
    const address = makeService('moving')
    const flow = `udp ${address} 80 1 5555`
    await sayUntil(third, flow, new RegExp(`^${first} `))
    makePod(first, 'left')
    makePod(second, 'moving')
    await sayUntil(third, flow, new RegExp(`^${second} `))
    makePod(second, 'left')
    makePod(first, 'moving')
    await sayUntil(third, flow, new RegExp(`^${first} `))
  })

  test('a stopped proxy keeps its own node behind, and catches up', async () => {
    makePod(first, 'before')
    const address = makeService('before')
    for (const from of [second, third]) await sayUntil(from, `tcp ${address} 80`, new RegExp(`^${first} `))
    await shell('pkill -STOP -f "^kube-proxy-node-2"')
    makePod(first, 'left')
    makePod(second, 'before')
    await sayUntil(second, `tcp ${address} 80`, new RegExp(`^${second} `))
    assert.match(await say(third, `tcp ${address} 80`), new RegExp(`^${first} `))
    await shell('pkill -CONT -f "^kube-proxy-node-2"')
    await sayUntil(third, `tcp ${address} 80`, new RegExp(`^${second} `))
  })
})
