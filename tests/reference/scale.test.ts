import assert from 'node:assert/strict'
import { availableParallelism, loadavg } from 'node:os'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node'
import { startReference } from '../../reference/index.ts'

const isReady = ({ status }: V1Pod) =>
  status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false

const skip = process.env.FLATNET_TEST_SCALE === 'skip' && 'FLATNET_TEST_SCALE is skip'
// What is promised holds for a machine that has nothing else to do: a busy one gets more time.
const busy = Math.max(1, (loadavg()[0] ?? 1) / availableParallelism())
const seconds = 30 * busy

test('100 pods on 10 nodes become ready', { skip, timeout: 4 * seconds * 1000 }, async (context) => {
  const cluster = await startReference({ nodes: 10 })
  context.after(() => cluster.stop())
  const config = new KubeConfig()
  config.loadFromString(cluster.kubeconfig)
  const core = config.makeApiClient(CoreV1Api)
  const namespace = 'default'
  const since = performance.now()
  const server = "require('http').createServer((q, s) => s.end('hello')).listen(8080)"
  const readinessProbe = { httpGet: { port: 8080 }, periodSeconds: 5 }
  const container = { name: 'main', image: 'node:24-slim', command: ['node', '-e', server], readinessProbe }
  for (let n = 1; n <= 100; n++)
    await core.createNamespacedPod({
      namespace,
      body: { metadata: { name: `pod-${n}` }, spec: { containers: [container] } },
    })
  let pods: V1Pod[]
  do {
    await sleep(200)
    pods = (await core.listNamespacedPod({ namespace })).items
  } while (!pods.every(isReady))
  const took = (performance.now() - since) / 1000
  context.diagnostic(`${took.toFixed(1)} s`)
  assert.ok(took < seconds, `it took ${took.toFixed(1)} s`)
  assert.equal(new Set(pods.map(({ status }) => status?.podIP)).size, 100)
  const perNode = Object.values(Object.groupBy(pods, ({ spec }) => spec?.nodeName ?? ''))
  assert.deepEqual(
    perNode.map((those) => those?.length),
    Array.from({ length: 10 }, () => 10),
  )
})
