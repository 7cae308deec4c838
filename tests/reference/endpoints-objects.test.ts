import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { startEndpointsController } from '../../reference/services/endpoints-controller.ts'
import { startMirroringController } from '../../reference/services/mirroring-controller.ts'
import { startSliceController } from '../../reference/services/slice-controller.ts'
import { type Fixture, podNamed, startFixture, startPod, statusOf } from './api-fixture.ts'

const namespace = 'default'

async function startControllers(): Promise<Fixture> {
  const fixture = await startFixture()
  for (const start of [startSliceController, startEndpointsController, startMirroringController]) start(fixture.store)
  return fixture
}

async function createPod({ core, store }: Fixture, name: string, ip: string, isReady = true): Promise<void> {
  const { spec } = podNamed(name)
  await core.createNamespacedPod({ namespace, body: { metadata: { name, labels: { app: 'web' } }, spec } })
  startPod(store, namespace, name)
  store.update('Pod', namespace, name, (pod) => {
    const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }]
    pod.status = { ...(pod.status as object), podIPs: [{ ip }], conditions }
  })
}

const createService = ({ core }: Fixture, spec: object) =>
  core.createNamespacedService({
    namespace,
    body: { metadata: { name: 'web', labels: { team: 'a' } }, spec: { ports: [{ port: 80 }], ...spec } },
  })

/** The slices of the Service, as `manager address:port`. */
async function slices({ discovery }: Fixture): Promise<string[]> {
  await setImmediate()
  const labelSelector = 'kubernetes.io/service-name=web'
  const { items } = await discovery.listNamespacedEndpointSlice({ namespace, labelSelector })
  return items.map(({ metadata, endpoints, ports }) => {
    const manager = metadata?.labels?.['endpointslice.kubernetes.io/managed-by']
    const all = (endpoints ?? []).map(({ addresses, conditions }) => `${addresses}${conditions?.ready ? '' : '!'}`)
    return `${manager?.split('.')[0]} ${all}:${ports?.map(({ port }) => port)}`
  })
}

test('a Service with a selector has Endpoints, the ready addresses apart from the others', async () => {
  await using fixture = await startControllers()
  const { core } = fixture
  await createService(fixture, { selector: { app: 'web' } })
  await createPod(fixture, 'a', '10.244.1.2')
  await createPod(fixture, 'b', '10.244.1.3', false)
  const { metadata, subsets = [] } = await core.readNamespacedEndpoints({ namespace, name: 'web' })
  const managed = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' }
  assert.deepEqual({ ...metadata?.labels }, { team: 'a', ...managed })
  const [{ addresses, notReadyAddresses, ports } = {}] = subsets
  assert.deepEqual(
    [addresses, notReadyAddresses].map((all) => all?.map(({ ip, targetRef }) => `${targetRef?.name} ${ip}`)),
    [['a 10.244.1.2'], ['b 10.244.1.3']],
  )
  assert.deepEqual(
    ports?.map((port) => ({ ...port })),
    [{ port: 80, protocol: 'TCP' }],
  )
  assert.deepEqual(await slices(fixture), ['endpointslice-controller 10.244.1.2,10.244.1.3!:80'])
  await core.deleteNamespacedService({ namespace, name: 'web' })
  assert.equal((await statusOf(core.readNamespacedEndpoints({ namespace, name: 'web' }))).code, 404)
})

test('the Endpoints that a client wrote for a Service without a selector are mirrored', async () => {
  await using fixture = await startControllers()
  const { core } = fixture
  await createService(fixture, {})
  const body = (ip: string) => ({
    metadata: { name: 'web' },
    subsets: [{ addresses: [{ ip }], ports: [{ port: 80 }] }],
  })
  await core.createNamespacedEndpoints({ namespace, body: body('10.1.2.3') })
  assert.deepEqual(await slices(fixture), ['endpointslicemirroring-controller 10.1.2.3:80'])
  await core.replaceNamespacedEndpoints({ namespace, name: 'web', body: body('10.2.3.4') })
  assert.deepEqual(await slices(fixture), ['endpointslicemirroring-controller 10.2.3.4:80'])
  await core.deleteNamespacedEndpoints({ namespace, name: 'web' })
  assert.deepEqual(await slices(fixture), [])
})

test('Endpoints without an address, or with one that is none, are refused', async () => {
  await using fixture = await startFixture()
  const create = (...subsets: object[]) =>
    statusOf(fixture.core.createNamespacedEndpoints({ namespace, body: { metadata: { name: 'x' }, subsets } as never }))
  const { details } = await create({ ports: [{ port: 80 }] }, { addresses: [{ ip: 'x' }], ports: [{ port: 0 }] })
  assert.deepEqual(
    details?.causes?.map(({ field }) => field),
    ['subsets[0]', 'subsets[1].addresses[0].ip', 'subsets[1].ports[0].port'],
  )
})
