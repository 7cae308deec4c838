import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '../../contract/waiting.ts'
import { preflight } from '../../reference/index.ts'
import { broken } from './cli.ts'
import { type Standing, startStanding } from './standing.ts'

const skip = (await preflight()) ?? false
const NODE = 'node-1'
/** How long it takes to follow a change, at the most, and how long may be waited for it. */
const SLOW_MS = 4_000
const SETTINGS = `apiVersion: flatnet/v1
kind: Configuration
outside: none
limits: { propagate: 2000, patience: 30000 }
`
/** Whoever makes a Service or changes its backends. */
const IDS = ['S02', 'S03', 'S04', 'S06', 'S07', 'S09', 'S10', 'S11', 'S12', 'S13', 'S14', 'S15']
const MORE = ['S16', 'S17', 'S18', 'S20', 'S21', 'S23', 'S24', 'S25', 'S26']

describe('a cluster whose service proxy is slow on one node is not blamed', { skip }, () => {
  let cluster: Standing
  before(async () => {
    cluster = await startStanding(2)
    cluster.desk.file('flatnet.yaml', SETTINGS)
    // The proxy of a node starts with the first rules that it writes, which may be after the cluster is up.
    const proxy = () =>
      cluster.on(NODE, `pgrep -o -f '^kube-proxy-${NODE} '`).then(
        () => true,
        () => undefined,
      )
    assert.ok(await eventually(10_000, proxy), `no service proxy runs on ${NODE}`)
  })
  after(() => cluster?.[Symbol.asyncDispose]())

  /** Lets the proxy of a node have a turn every now and then alone, until the result is disposed of. */
  function slow(node: string): AsyncDisposable {
    // The oldest: what it has just started has its name until it is the program that it is meant to be, and may be gone by then.
    const signal = (name: string) => cluster.on(node, `kill -${name} $(pgrep -o -f '^kube-proxy-${node} ')`)
    let going = true
    const turns = (async () => {
      while (going) {
        await signal('STOP')
        await delay(SLOW_MS)
        await signal('CONT')
        await delay(200)
      }
    })()
    return {
      [Symbol.asyncDispose]: async () => {
        going = false
        await turns
      },
    }
  }

  it('nothing fails, and what was not judged says why', async () => {
    await using _ = slow(NODE)
    const { code, stdout } = await cluster.run('run', ...IDS, ...MORE)
    const report = cluster.desk.report()
    assert.deepEqual(broken(report), [], stdout)
    assert.equal(code, 2, stdout)
    const unsure = report.profiles.flatMap(({ inconclusive = [] }) => inconclusive)
    for (const { id, because } of unsure) assert.match(because, / is slow, so this row is inconclusive/, id)
    assert.ok(unsure.length >= 5, stdout)
    assert.deepEqual(await cluster.namespaces(), [])
  })
  it('its own configuration says that it changes its rules once in a minute: it is in time', async () => {
    const of = { namespace: 'kube-system', name: 'kube-proxy' }
    const map = await cluster.core.readNamespacedConfigMap(of)
    const text = `${map.data?.['config.conf']}nftables: { minSyncPeriod: 1m0s }\n`
    await cluster.core.replaceNamespacedConfigMap({ ...of, body: { ...map, data: { 'config.conf': text } } })
    // Without a look at the configuration every change would be stuck.
    cluster.desk.file('flatnet.yaml', SETTINGS.replace(/limits: .*/, 'limits: { propagate: 1000, patience: 1 }'))
    await using _ = slow(NODE)
    const { code, stdout } = await cluster.run('run', 'S02', 'S13')
    assert.equal(code, 3, stdout)
    assert.match(stdout, /^note +kube-proxy .* once in 60 s\s+\(minSyncPeriod\), so\s+limits\.propagate is 61 s/m)
  })
})
