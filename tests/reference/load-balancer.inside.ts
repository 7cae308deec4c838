import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createStore } from '../../reference/api/store.ts'
import { controlPlaneAddress, type IpFamily } from '../../reference/network/addresses.ts'
import { run, shell } from '../../reference/network/commands.ts'
import { planNodes } from '../../reference/network/nodes.ts'
import { lanAddressOf, serviceAddressOf } from '../../reference/network/outside-addresses.ts'
import { planPod } from '../../reference/network/pods.ts'
import { inNetwork } from '../../reference/network/world.ts'
import { startHealthChecks } from '../../reference/services/health-checks.ts'
import { startLoadBalancer } from '../../reference/services/load-balancer.ts'
import { startProxies } from '../../reference/services/proxy.ts'
import { asService } from '../../reference/services/service-objects.ts'
import { startSliceController } from '../../reference/services/slice-controller.ts'
import { buildServers, client } from './services.programs.ts'

const family = (process.argv[2] ?? 'ipv4') as IpFamily
const version = family === 'ipv6' ? 6 : 4
const range = { 4: '10.96.0.', 6: 'fd00:10:96::' }[version]
const balanced = (n: number) => ({ 4: `172.30.0.${n}`, 6: `fd00:172:30::${n.toString(16)}` })[version]
const outside = serviceAddressOf('outside', version)
const bracketed = (address: string) => (version === 6 ? `[${address}]` : address)

suite(`the load balancer of a reference cluster, ${family}`, () => {
  const nodes = planNodes(2, family)
  const store = createStore()
  const pods = nodes.map((node) => ({ node, pod: planPod(node, 2) }))
  const [first = '', second = ''] = pods.map(({ pod }) => pod.name)
  const nodeAddress = (index: number) => nodes[index]?.addresses[0]?.node ?? ''
  let last = 1

  before(async () => {
    await buildServers(store, nodes, pods)
    startSliceController(store)
    startProxies(store, nodes)
    startHealthChecks(store, nodes, [controlPlaneAddress(version)])
    startLoadBalancer(store, nodes)
    for (const { pod } of pods) await sayUntil(pod.name, `tcp ${pod.addresses[0]} 7000`, /pod/)
  })
  after(() => shell('ip -all netns del'))

  function makePod(name: string, app: string, more: { terminating?: boolean } = {}): void {
    const { node, pod } = pods.find((each) => each.pod.name === name) ?? assert.fail()
    const deletionTimestamp = more.terminating ? { deletionTimestamp: new Date().toISOString() } : {}
    store.remove('Pod', 'default', name)
    store.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', labels: { app }, ...deletionTimestamp },
      spec: { nodeName: node.name, containers: [{ name: 'main' }] },
      status: { podIPs: pod.addresses.map((ip) => ({ ip })), conditions: [{ type: 'Ready', status: 'True' }] },
    })
  }

  function makeService(name: string, spec: object = {}): void {
    const address = `${range}${++last}`
    const ports = ['TCP', 'UDP'].map((protocol) => ({
      ...{ name: protocol.toLowerCase(), protocol, port: 80, targetPort: 7000, nodePort: 30_000 + last },
    }))
    const addresses = { clusterIP: address, clusterIPs: [address], ipFamilies: [`IPv${version}`] }
    store.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'default' },
      spec: { type: 'LoadBalancer', selector: { app: name }, ports, ...addresses, ...spec },
    })
  }

  const ingressOf = (name: string) => {
    const service = store.get('Service', 'default', name)
    return service && asService(service).status?.loadBalancer?.ingress
  }

  async function addressOf(name: string): Promise<string> {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(10)) {
      const [ingress] = ingressOf(name) ?? []
      if (!ingress) continue
      assert.equal(ingress.ipMode, 'VIP')
      return ingress.ip ?? ''
    }
    return assert.fail(`${name} has no address`)
  }

  const say = async (from: string, words: string): Promise<string> =>
    (await run([...inNetwork(from), process.execPath, '-e', client, ...words.split(' ')])).trim()

  async function sayUntil(from: string, words: string, expected: RegExp): Promise<void> {
    for (const end = Date.now() + 60_000; ; ) {
      const said = await say(from, words)
      if (expected.test(said)) return
      if (Date.now() > end) assert.match(said, expected)
    }
  }

  async function check(index: number, port: number): Promise<{ status: number; localEndpoints: number }> {
    const url = `http://${bracketed(nodeAddress(index))}:${port}`
    const program = `fetch('${url}').then(async (r) => console.log(JSON.stringify({ status: r.status, ...(await r.json()) })))`
    const { status, localEndpoints, service, serviceProxyHealthy } = JSON.parse(
      await run([...inNetwork('outside'), process.execPath, '-e', program]),
    )
    assert.deepEqual([service, serviceProxyHealthy], [{ namespace: 'default', name: 'local' }, true])
    return { status, localEndpoints }
  }

  test('a Service gets an address that answers outside hosts, pods and nodes, over TCP and UDP', async () => {
    makePod(first, 'web')
    makeService('web')
    const address = await addressOf('web')
    assert.equal(address, balanced(200))
    for (const protocol of ['tcp', 'udp'])
      for (const from of ['outside', second, 'node-1', 'node-2'])
        await sayUntil(from, `${protocol} ${address} 80`, new RegExp(`^${first} `))
  })

  test('externalTrafficPolicy Local: the client is seen, and the address follows the endpoint', async () => {
    makePod(first, 'local')
    makeService('local', { externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 })
    const nodePort = 30_000 + last
    const address = await addressOf('local')
    const seen = (pod: string) => new RegExp(`^${pod} ${outside}$`)
    for (const protocol of ['tcp', 'udp']) {
      await sayUntil('outside', `${protocol} ${address} 80`, seen(first))
      await sayUntil('outside', `${protocol} ${nodeAddress(0)} ${nodePort}`, seen(first))
      assert.equal(await say('outside', `${protocol} ${nodeAddress(1)} ${nodePort}`), 'timeout')
    }
    assert.deepEqual(await check(0, 32_000), { status: 200, localEndpoints: 1 })
    assert.deepEqual(await check(1, 32_000), { status: 503, localEndpoints: 0 })

    const neighbour = async () =>
      /lladdr (\S+)/.exec(await run(['ip', '-n', 'outside', 'neigh', 'show', 'to', address]))?.[1]
    const owner = await neighbour()
    makePod(first, 'gone')
    makePod(second, 'local')
    // The host outside does not ask again: the new owner announces itself.
    for (const end = Date.now() + 20_000; (await neighbour()) === owner && Date.now() < end; ) await sleep(20)
    assert.notEqual(await neighbour(), owner)
    for (const protocol of ['tcp', 'udp']) await sayUntil('outside', `${protocol} ${address} 80`, seen(second))
    assert.deepEqual(await check(0, 32_000), { status: 503, localEndpoints: 0 })
    assert.deepEqual(await check(1, 32_000), { status: 200, localEndpoints: 1 })

    makePod(second, 'local', { terminating: true })
    await sayUntil('outside', `tcp ${address} 80`, seen(second))
    assert.deepEqual(await check(1, 32_000), { status: 503, localEndpoints: 0 })
  })

  test('only the source ranges of a Service reach its address', async () => {
    makePod(first, 'ranged')
    const allowed = `${lanAddressOf('routed', version)}/${version === 4 ? 32 : 128}`
    makeService('ranged', { loadBalancerSourceRanges: [allowed] })
    const nodePort = 30_000 + last
    const address = await addressOf('ranged')
    await sayUntil('routed', `tcp ${address} 80`, new RegExp(`^${first} `))
    assert.equal(await say('outside', `tcp ${address} 80`), 'timeout')
    await sayUntil('outside', `tcp ${nodeAddress(0)} ${nodePort}`, new RegExp(`^${first} `))
  })

  test('an address is released with its Service, and given out the longest unused first', async () => {
    const released = await addressOf('web')
    store.update('Service', 'default', 'web', (object) => {
      asService(object).spec.type = 'ClusterIP'
    })
    for (const end = Date.now() + 60_000; ingressOf('web') && Date.now() < end; ) await sleep(10)
    assert.equal(ingressOf('web'), undefined)
    await run(['ip', '-n', 'outside', 'neigh', 'flush', 'to', released])
    assert.equal(await say('outside', `tcp ${released} 80`), 'timeout')
    makeService('next')
    assert.equal(await addressOf('next'), balanced(203))
    makeService('other', { loadBalancerClass: 'example.com/other' })
    for (let n = 204; n <= 250; n += 1) makeService(`more-${n}`)
    assert.equal(await addressOf('more-250'), balanced(250))
    makeService('reuse')
    assert.equal(await addressOf('reuse'), released)
    const freed = await addressOf('ranged')
    makeService('late')
    store.remove('Service', 'default', 'ranged')
    assert.equal(await addressOf('late'), freed)
    assert.equal(ingressOf('other'), undefined)
  })
})
