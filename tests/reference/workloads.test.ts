import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { AppsV1Api, type V1DaemonSet, type V1Deployment } from '@kubernetes/client-node'
import { startDaemonSetController } from '../../reference/workloads/daemon-set-controller.ts'
import { startDeploymentController } from '../../reference/workloads/deployment-controller.ts'
import { startReplicaSetController } from '../../reference/workloads/replica-set-controller.ts'
import { type Fixture, startFixture, startPod, statusOf } from './api-fixture.ts'

const namespace = 'default'
const name = 'web'

const deployment = (spec: object = {}): V1Deployment => ({
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'node:24' }] } },
    ...spec,
  },
})

async function startWorkloads() {
  const fixture = await startFixture()
  startReplicaSetController(fixture.api.admission)
  startDeploymentController(fixture.api.admission)
  return Object.assign(fixture, { apps: fixture.config.makeApiClient(AppsV1Api) })
}

/** Lets the controllers work, and starts every pod that they made. Gives the names of the pods. */
async function settle({ store }: Fixture): Promise<string[]> {
  for (let turn = 0; turn < 10; turn++) {
    await setImmediate()
    for (const { metadata } of store.list('Pod', namespace)) startPod(store, namespace, metadata.name)
  }
  return store
    .list('Pod', namespace)
    .filter(({ metadata }) => !metadata.deletionTimestamp)
    .map(({ metadata }) => metadata.name)
}

const image = (store: Fixture['store'], pod: string | undefined) =>
  (store.get('Pod', namespace, pod ?? '')?.spec as { containers: { image: string }[] } | undefined)?.containers[0]
    ?.image

test('a Deployment has its pods, and gets new ones for those that go', async () => {
  await using fixture = await startWorkloads()
  const { apps, store } = fixture
  await apps.createNamespacedDeployment({ namespace, body: deployment() })
  const [first = '', second] = await settle(fixture)
  assert.match(first, /^web-[0-9a-f]{10}-\w{5}$/)
  assert.ok(second)
  const { status } = await apps.readNamespacedDeployment({ namespace, name })
  assert.deepEqual([status?.replicas, status?.updatedReplicas, status?.availableReplicas], [2, 2, 2])
  assert.deepEqual(
    status?.conditions?.map(({ type, reason }) => `${type} ${reason}`),
    ['Available MinimumReplicasAvailable', 'Progressing NewReplicaSetAvailable'],
  )
  store.remove('Pod', namespace, first)
  const after = await settle(fixture)
  assert.ok(after.length === 2 && !after.includes(first))
  await apps.deleteNamespacedDeployment({ namespace, name })
  assert.deepEqual(await settle(fixture), [])
})

test('the number and the template of a Deployment may change', async () => {
  await using fixture = await startWorkloads()
  const { apps, store } = fixture
  await apps.createNamespacedDeployment({ namespace, body: deployment() })
  await settle(fixture)
  const change = async (alter: (spec: NonNullable<V1Deployment['spec']>) => void) => {
    const body = await apps.readNamespacedDeployment({ namespace, name })
    if (body.spec) alter(body.spec)
    await apps.replaceNamespacedDeployment({ namespace, name, body })
    return settle(fixture)
  }
  assert.equal((await change((spec) => Object.assign(spec, { replicas: 1 }))).length, 1)
  const [only, ...none] = await change(({ template }) =>
    Object.assign(template.spec?.containers[0] ?? {}, { image: 'node:26' }),
  )
  assert.deepEqual([image(store, only), none], ['node:26', []])
  const { items } = await apps.listNamespacedReplicaSet({ namespace })
  assert.deepEqual(items.map(({ spec }) => spec?.replicas).sort(), [0, 1])
})

test('with Recreate the old pods are gone before the first new one is made', async () => {
  await using fixture = await startWorkloads()
  const { apps, store } = fixture
  await apps.createNamespacedDeployment({ namespace, body: deployment({ strategy: { type: 'Recreate' } }) })
  await settle(fixture)
  const old = store.list('Pod', namespace)
  const body = await apps.readNamespacedDeployment({ namespace, name })
  for (const container of body.spec?.template.spec?.containers ?? []) container.image = 'node:26'
  await apps.replaceNamespacedDeployment({ namespace, name, body })
  assert.deepEqual(await settle(fixture), [])
  for (const { metadata } of old) store.remove('Pod', namespace, metadata.name)
  const pods = await settle(fixture)
  assert.deepEqual(
    pods.map((pod) => image(store, pod)),
    ['node:26', 'node:26'],
  )
})

test('a selector that misses its own pods is refused, and so are its changes', async () => {
  await using fixture = await startWorkloads()
  const { apps } = fixture
  const create = (spec: object) => apps.createNamespacedDeployment({ namespace, body: deployment(spec) })
  const fields = async (spec: object) => (await statusOf(create(spec))).details?.causes?.map(({ field }) => field)
  assert.deepEqual(await fields({ selector: { matchLabels: { app: 'shop' } } }), ['spec.template.metadata.labels'])
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main' }] } }
  assert.deepEqual(await fields({ template }), ['spec.template.spec.containers[0].image'])
  await create({})
  await settle(fixture)
  const body = await apps.readNamespacedDeployment({ namespace, name })
  const changed = { ...body, spec: { ...body.spec, selector: { matchLabels: {} } } } as V1Deployment
  const { details } = await statusOf(apps.replaceNamespacedDeployment({ namespace, name, body: changed }))
  assert.deepEqual(
    details?.causes?.map(({ field }) => field),
    ['spec.selector'],
  )
})

test('a DaemonSet has a pod on each node that its template fits, also on a cordoned one', async () => {
  await using fixture = await startFixture()
  const { store } = fixture
  startDaemonSetController(fixture.api.admission)
  const apps = fixture.config.makeApiClient(AppsV1Api)
  const node = (at: string, more: object = {}) =>
    store.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: at }, spec: {}, status: {}, ...more })
  node('one')
  node('cordoned', { spec: { unschedulable: true } })
  node('tainted', { spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } })
  const { selector, template } = deployment().spec ?? {}
  const body = { metadata: { name }, spec: { selector, template } } as V1DaemonSet
  await apps.createNamespacedDaemonSet({ namespace, body })
  const pinned = () =>
    store
      .list('Pod', namespace)
      .map(({ spec }) => JSON.stringify((spec as { affinity?: object }).affinity).match(/"values":\["(\w+)"/)?.[1])
      .sort()
  await settle(fixture)
  assert.deepEqual(pinned(), ['cordoned', 'one'])
  const { status } = await apps.readNamespacedDaemonSet({ namespace, name })
  assert.equal(status?.desiredNumberScheduled, 2)
  const [first] = store.list('Pod', namespace)
  store.remove('Pod', namespace, first?.metadata.name ?? '')
  node('two')
  await settle(fixture)
  assert.deepEqual(pinned(), ['cordoned', 'one', 'two'])
  await apps.deleteNamespacedDaemonSet({ namespace, name })
  assert.deepEqual(await settle(fixture), [])
})
