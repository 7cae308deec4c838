import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { V1ServiceSpec } from '@kubernetes/client-node'
import { type Fixture, startFixture, statusOf } from './api-fixture.ts'

const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local' }

function clientOf({ core }: Fixture) {
  const namespace = 'default'
  return {
    create: async (name: string, spec: Partial<V1ServiceSpec>) => {
      const body = { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } }
      return (await core.createNamespacedService({ namespace, body })).spec
    },
    change: async (name: string, change: (spec: V1ServiceSpec) => void) => {
      const body = await core.readNamespacedService({ namespace, name })
      change(body.spec ?? {})
      return (await core.replaceNamespacedService({ namespace, name, body })).spec
    },
  }
}

test('a load balancer that keeps the source gets a port for its health check, and keeps it', async () => {
  await using fixture = await startFixture()
  const { create, change } = clientOf(fixture)
  const port = (await create('web', local))?.healthCheckNodePort ?? 0
  assert.ok(port >= 30_000 && port <= 32_767)
  assert.equal((await change('web', (spec) => void delete spec.healthCheckNodePort))?.healthCheckNodePort, port)
  const refused = await statusOf(
    change('web', (spec) => Object.assign(spec, { healthCheckNodePort: port === 32_000 ? 32_001 : 32_000 })),
  )
  assert.match(refused.message ?? '', /spec\.healthCheckNodePort: .*cannot change healthCheckNodePort/)
  const without = { ...local, allocateLoadBalancerNodePorts: false, healthCheckNodePort: 32_100 }
  const chosen = await create('chosen', without)
  assert.deepEqual([chosen?.healthCheckNodePort, chosen?.ports?.[0]?.nodePort], [32_100, undefined])
  const taken = await statusOf(create('taken', without))
  assert.deepEqual([taken.code, taken.reason], [500, 'InternalError'])
  assert.match(taken.message ?? '', /failed to allocate requested HealthCheck NodePort 32100: provided port is already/)
})

test('a Service that needs no health check loses the port, and may not ask for one', async () => {
  await using fixture = await startFixture()
  const { create, change } = clientOf(fixture)
  await create('web', local)
  const cluster = await change('web', (spec) => Object.assign(spec, { externalTrafficPolicy: 'Cluster' }))
  assert.equal(cluster?.healthCheckNodePort, undefined)
  const again = await change('web', (spec) => Object.assign(spec, { externalTrafficPolicy: 'Local' }))
  assert.ok(again?.healthCheckNodePort)
  const inside = await change('web', (spec) => {
    Object.assign(spec, { type: 'ClusterIP' })
    delete spec.externalTrafficPolicy
  })
  assert.deepEqual([inside?.healthCheckNodePort, inside?.allocateLoadBalancerNodePorts], [undefined, undefined])
  const { message = '' } = await statusOf(create('other', { type: 'NodePort', healthCheckNodePort: 32_200 }))
  assert.match(message, /may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'/)
})

test('source ranges are checked', async () => {
  await using fixture = await startFixture()
  const { create } = clientOf(fixture)
  const loadBalancerSourceRanges = ['10.0.0.0/8', 'fd00::/8']
  assert.ok(await create('ranged', { type: 'LoadBalancer', loadBalancerSourceRanges }))
  const other = await statusOf(create('other', { loadBalancerSourceRanges }))
  assert.match(other.message ?? '', /may only be used when `type` is 'LoadBalancer'/)
  const wrong = await statusOf(create('wrong', { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0'] }))
  assert.match(wrong.message ?? '', /must be a valid CIDR value/)
})
