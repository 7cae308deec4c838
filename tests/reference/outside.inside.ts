import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { IpFamily } from '../../reference/network/addresses.ts'
import { run, shell } from '../../reference/network/commands.ts'
import { masqueradeTable } from '../../reference/network/ip-masq.ts'
import { buildNodes, planNodes } from '../../reference/network/nodes.ts'
import { linkAddress, type OutsideHost, serviceAddressOf } from '../../reference/network/outside-addresses.ts'
import { buildPod, planPod } from '../../reference/network/pods.ts'
import { inNetwork } from '../../reference/network/world.ts'
import { client, server } from './services.programs.ts'

const family = (process.argv[2] ?? 'ipv4') as IpFamily
const version = family === 'ipv6' ? 6 : 4
const address = (host: OutsideHost) => serviceAddressOf(host, version)

suite(`the outside world of a reference cluster, ${family}`, () => {
  const nodes = planNodes(2, family)
  const pods = nodes.map((node) => ({ node, pod: planPod(node, 2) }))
  const [first, second] = pods
  assert.ok(first && second)
  const ownOf = ({ pod }: typeof first) => pod.addresses[0] ?? ''
  const nodeOf = ({ node }: typeof first) => node.addresses[0]?.node ?? ''

  before(async () => {
    await buildNodes(nodes)
    await Promise.all(pods.map(({ node, pod }) => buildPod(node, pod)))
    const servers = [
      ...(['outside', 'routed', 'internet'] as const).map((host) => [host, address(host)] as const),
      ...nodes.map(({ name, addresses: [own] }) => [name, own?.node ?? ''] as const),
      ...pods.map(({ pod }) => [pod.name, pod.addresses[0] ?? ''] as const),
    ]
    for (const [network, host] of servers) {
      const [command = '', ...words] = [...inNetwork(network), process.execPath, '-e', server, network, host]
      spawn(command, words, { stdio: 'ignore' })
    }
    for (const [network, host] of servers) await untilAnswered(network, host)
  })
  after(() => shell('ip -all netns del'))

  /** Asks from a network; gives what the answer said: the server's name and the client's address. */
  const say = async (from: string, words: string): Promise<string> =>
    (await run([...inNetwork(from), process.execPath, '-e', client, ...words.split(' ')])).trim()

  async function untilAnswered(network: string, host: string): Promise<void> {
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(20))
      if ((await say(network, `tcp ${host} 7000`)).startsWith(network)) return
    assert.fail(`${network} does not serve`)
  }

  const tables = () => run([...inNetwork('gateway'), 'nft', 'list', 'table', 'inet', 'internet-gateway'])

  for (const protocol of ['tcp', 'udp']) {
    test(`a pod leaves with its node's address, and the internet sees the gateway's, over ${protocol}`, async () => {
      for (const from of [first, second]) {
        assert.equal(await say(from.pod.name, `${protocol} ${address('outside')} 7000`), `outside ${nodeOf(from)}`)
        const seen = await say(from.pod.name, `${protocol} ${address('internet')} 7000`)
        assert.equal(seen, `internet ${linkAddress('gateway', version)}`)
        assert.match(await tables(), new RegExp(`${nodeOf(from)} \\. \\d+ \\. \\d+ \\. \\d+ \\. ${protocol} expires`))
      }
    })

    test(`pods, nodes and the routed range see the pod's own address, over ${protocol}`, async () => {
      const ask = (host: string) => say(first.pod.name, `${protocol} ${host} 7000`)
      assert.equal(await ask(ownOf(second)), `${second.pod.name} ${ownOf(first)}`)
      assert.equal(await ask(nodeOf(second)), `node-2 ${ownOf(first)}`)
      assert.equal(await ask(address('routed')), `routed ${ownOf(first)}`)
      assert.equal(await say('node-2', `${protocol} ${ownOf(first)} 7000`), `${first.pod.name} ${nodeOf(second)}`)
      assert.equal(await say('routed', `${protocol} ${ownOf(first)} 7000`), `${first.pod.name} ${routedLan}`)
    })

    test(`a port that is closed is refused at once, over ${protocol}`, async () => {
      for (const host of ['outside', 'routed', 'internet'] as const)
        assert.equal(await say(first.pod.name, `${protocol} ${address(host)} 9`), 'ECONNREFUSED')
    })
  }
  const routedLan = version === 4 ? '172.30.0.4' : 'fd00:172:30::4'

  test('a host outside has no way to pods, and none through the gateway', async () => {
    assert.equal(await say('outside', `tcp ${ownOf(first)} 7000`), 'timeout')
    assert.equal(await say('outside', `udp ${address('internet')} 7000`), 'timeout')
    assert.equal(await say('outside', `tcp ${nodeOf(first)} 7000`), `node-1 ${address('outside')}`)
  })

  test('the gateway refuses a pod whose node does not translate, and remembers it', async () => {
    await run([...inNetwork('node-1'), 'nft', 'delete', 'table', 'inet', 'ip-masq'])
    const seen = await say(first.pod.name, `tcp ${address('internet')} 7000`)
    const all = nodes.flatMap(({ addresses }) => addresses)
    await run([...inNetwork('node-1'), 'nft', '-f', '-'], masqueradeTable(first.node.addresses, all))
    assert.equal(seen, 'timeout')
    assert.match(await tables(), new RegExp(`${ownOf(first)} \\. ${address('internet')} \\. \\d+ expires`))
    assert.match(await say(first.pod.name, `tcp ${address('internet')} 7000`), /^internet /)
  })

  test('a pod learns of a small packet size behind the gateway', async () => {
    await run(['ip', '-n', 'gateway', 'link', 'set', 'eth1', 'mtu', '1300'])
    const long = 'x'.repeat(100_000)
    const program = `
      const socket = require('node:net').connect(7000, '${address('internet')}')
      socket.on('connect', () => socket.write('${long}', () => setInterval(() => {
        const { stdout } = require('node:child_process').spawnSync('ip', ['route', 'get', '${address('internet')}'])
        if (/mtu 1300/.test(stdout)) process.exit()
      }, 50)))
      setTimeout(() => process.exit(1), 5000)`
    await run([...inNetwork(first.pod.name), process.execPath, '-'], program)
  })
})
