import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { V1Status } from '@kubernetes/client-node'
import { podNamed, startFixture, startPod, statusOf } from './api-fixture.ts'

test('a pod is defaulted as a real API server does it', async () => {
  await using fixture = await startFixture()
  const { spec, status, metadata } = await fixture.core.createNamespacedPod({
    namespace: 'default',
    body: podNamed('a'),
  })
  assert.equal(metadata?.generation, 1)
  assert.deepEqual({ ...status }, { phase: 'Pending', qosClass: 'BestEffort' })
  assert.deepEqual(
    [spec?.restartPolicy, spec?.dnsPolicy, spec?.terminationGracePeriodSeconds, spec?.serviceAccountName],
    ['Always', 'ClusterFirst', 30, 'default'],
  )
  assert.equal(spec?.containers[0]?.imagePullPolicy, 'IfNotPresent')
})

test('an invalid pod is refused with every cause, in the words of Kubernetes', async () => {
  await using fixture = await startFixture()
  const body = { metadata: { name: 'Bad_Name' }, spec: { containers: [{ name: 'main' }], restartPolicy: 'Sometimes' } }
  const { code, reason, details } = await statusOf(fixture.core.createNamespacedPod({ namespace: 'default', body }))
  assert.deepEqual([code, reason], [422, 'Invalid'])
  assert.deepEqual(
    details?.causes?.map(({ field, reason: why }) => `${field} ${why}`),
    [
      'metadata.name FieldValueInvalid',
      'spec.containers[0].image FieldValueRequired',
      'spec.restartPolicy FieldValueNotSupported',
    ],
  )
})

test('a Service gets an address of its own, or the one it chose, and keeps it', async () => {
  await using fixture = await startFixture({ serviceCidrs: ['10.96.0.0/16', 'fd00:10:96::/112'] })
  const { core } = fixture
  const create = (name: string, spec: object) =>
    core.createNamespacedService({
      namespace: 'default',
      body: { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } },
    })
  const both = await create('both', { ipFamilyPolicy: 'PreferDualStack', type: 'NodePort' })
  assert.deepEqual(both.spec?.ipFamilies, ['IPv4', 'IPv6'])
  assert.match(both.spec?.clusterIPs?.join() ?? '', /^10\.96\.\d+\.\d+,fd00:10:96::/)
  assert.ok((both.spec?.ports?.[0]?.nodePort ?? 0) >= 30000)
  assert.equal((await create('chosen', { clusterIP: '10.96.0.9' })).spec?.clusterIP, '10.96.0.9')
  assert.match(
    (await statusOf(create('again', { clusterIP: '10.96.0.9' }))).message ?? '',
    /provided IP is already allocated/,
  )
  assert.match(
    (await statusOf(create('outside', { clusterIP: '10.1.2.3' }))).message ?? '',
    /does not match the current range/,
  )
  const api = await core.readNamespacedService({ namespace: 'default', name: 'kubernetes' })
  assert.equal(api.spec?.clusterIP, '10.96.0.1')
})

test('a Service that asks for what does not go together is refused', async () => {
  await using fixture = await startFixture({ serviceCidrs: ['10.96.0.0/16', 'fd00:10:96::/112'] })
  const create = (name: string, spec: object) =>
    fixture.core.createNamespacedService({ namespace: 'default', body: { metadata: { name }, spec } })
  const ports = [{ port: 80 }]
  const fields = async (spec: object) =>
    (await statusOf(create('odd', { ports, ...spec }))).details?.causes?.map(({ field }) => field)
  assert.deepEqual(await fields({ ports: [{ port: 80, nodePort: 30_080 }] }), ['spec.ports[0].nodePort'])
  assert.deepEqual(await fields({ ipFamilyPolicy: 'SingleStack', ipFamilies: ['IPv4', 'IPv6'] }), [
    'spec.ipFamilyPolicy',
  ])
  const clientIP = { timeoutSeconds: 0 }
  assert.deepEqual(await fields({ sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP } }), [
    'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
  ])
  const both = await create('both', { ports, ipFamilyPolicy: 'PreferDualStack' })
  const { spec } = await fixture.core.replaceNamespacedService({
    namespace: 'default',
    name: 'both',
    body: { ...both, spec: { ...both.spec, ipFamilyPolicy: 'SingleStack' } },
  })
  assert.deepEqual([spec?.clusterIPs, spec?.ipFamilies], [both.spec?.clusterIPs?.slice(0, 1), ['IPv4']])
})

test('an EndpointSlice has addresses of its kind alone, and counts its changes', async () => {
  await using fixture = await startFixture()
  const namespace = 'default'
  const of = (...addresses: string[]) => ({ metadata: { name: 's' }, addressType: 'IPv4', endpoints: [{ addresses }] })
  const create = (...addresses: string[]) =>
    fixture.discovery.createNamespacedEndpointSlice({ namespace, body: of(...addresses) })
  for (const [bad, field] of [
    ['foo', 'endpoints[0].addresses[1]'],
    ['fd00::1', 'endpoints[0].addresses[1]'],
  ] as const)
    assert.deepEqual(
      (await statusOf(create('10.0.0.1', bad))).details?.causes?.map((cause) => cause.field),
      [field],
    )
  const made = await create('10.0.0.1')
  const body = { ...made, endpoints: [{ addresses: ['10.0.0.2'] }] }
  const changed = await fixture.discovery.replaceNamespacedEndpointSlice({ namespace, name: 's', body })
  assert.equal(changed.metadata?.generation, (made.metadata?.generation ?? 0) + 1)
})

test('a field that is null is absent, as Go clients write it', async () => {
  await using fixture = await startFixture()
  const body = { metadata: { name: 's', labels: null }, addressType: 'IPv4', endpoints: null, ports: null }
  const made = await fixture.discovery.createNamespacedEndpointSlice({ namespace: 'default', body: body as never })
  assert.deepEqual([made.metadata?.labels, made.endpoints, made.ports], [undefined, undefined, undefined])
})

test('a namespace takes its content along, and admits nothing while it goes', async () => {
  await using fixture = await startFixture()
  const { core, store } = fixture
  await core.createNamespace({ body: { metadata: { name: 'x' } } })
  assert.ok(store.get('ServiceAccount', 'x', 'default') && store.get('ConfigMap', 'x', 'kube-root-ca.crt'))
  await core.createNamespacedPod({ namespace: 'x', body: podNamed('a') })
  startPod(store, 'x', 'a')
  await core.deleteNamespace({ name: 'x' })
  assert.equal(store.get('Pod', 'x', 'a')?.metadata.deletionGracePeriodSeconds, 30)
  assert.equal(store.get('ConfigMap', 'x', 'kube-root-ca.crt'), undefined)
  const { code, details } = await statusOf(core.createNamespacedPod({ namespace: 'x', body: podNamed('b') }))
  assert.deepEqual([code, details?.causes?.[0]?.reason], [403, 'NamespaceTerminating'])
  store.create({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'killing', namespace: 'x' } })
  store.remove('Pod', 'x', 'a')
  assert.equal(store.get('Namespace', undefined, 'x'), undefined)
  assert.equal((await statusOf(core.deleteNamespace({ name: 'default' }))).code, 403)
})

test('what a deleted object owned goes with it', async () => {
  await using fixture = await startFixture()
  const { core, store } = fixture
  const owner = await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'owner' } } })
  const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata?.uid ?? '' }]
  await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'owned', ownerReferences } } })
  await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'owner' })
  assert.equal(store.get('ConfigMap', 'default', 'owned'), undefined)
})

test('long lists come in pages, and a watch from too long ago is told so', async () => {
  await using fixture = await startFixture()
  const { core, watch } = fixture
  for (const name of ['a', 'b', 'c'])
    await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name } } })
  const first = await core.listNamespacedConfigMap({ namespace: 'default', limit: 2 })
  assert.equal(first.metadata?.remainingItemCount, 2)
  const rest = await core.listNamespacedConfigMap({
    namespace: 'default',
    limit: 2,
    _continue: first.metadata?._continue ?? '',
  })
  assert.deepEqual(
    [...first.items, ...rest.items].map(({ metadata }) => metadata?.name),
    ['a', 'b', 'c', 'kube-root-ca.crt'],
  )
  for (let turn = 0; turn < 1100; turn += 1)
    fixture.store.update('ConfigMap', 'default', 'a', (map) => Object.assign(map, { data: { turn: String(turn) } }))
  const expired = Promise.withResolvers<V1Status>()
  await watch.watch(
    '/api/v1/configmaps',
    { resourceVersion: '1' },
    (type, status) => type === 'ERROR' && expired.resolve(status),
    () => undefined,
  )
  assert.deepEqual([(await expired.promise).code, (await expired.promise).reason], [410, 'Expired'])
})
