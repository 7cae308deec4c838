import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NetworkingV1Api } from '@kubernetes/client-node'
import { startAddressRecords } from '../../reference/services/ip-addresses.ts'
import { startFixture, statusOf } from './api-fixture.ts'

const parentRef = { group: 'of.example', resource: 'hosts', namespace: 'shop', name: 'one' }

test('every cluster IP has an IPAddress, as long as its Service has it', async () => {
  await using fixture = await startFixture({ serviceCidrs: ['10.96.0.0/16', 'fd00:10:96::/112'] })
  const { core, config, store } = fixture
  startAddressRecords(store)
  const networking = config.makeApiClient(NetworkingV1Api)
  const owners = async () =>
    (await networking.listIPAddress()).items.map(({ spec }) => `${spec?.parentRef.resource}/${spec?.parentRef.name}`)
  assert.deepEqual(await owners(), ['services/kubernetes'])
  const spec = { ports: [{ port: 80 }], ipFamilyPolicy: 'PreferDualStack' }
  const body = { metadata: { name: 'web' }, spec }
  const { spec: made } = await core.createNamespacedService({ namespace: 'default', body })
  assert.equal((await owners()).length, 3)
  const [, second = ''] = made?.clusterIPs ?? []
  assert.equal((await networking.readIPAddress({ name: second })).spec?.parentRef.name, 'web')
  await core.deleteNamespacedService({ namespace: 'default', name: 'web' })
  assert.deepEqual(await owners(), ['services/kubernetes'])
})

test('the name of an IPAddress is an address in its shortest form', async () => {
  await using fixture = await startFixture()
  const networking = fixture.config.makeApiClient(NetworkingV1Api)
  const create = (name: string, spec: object) =>
    networking.createIPAddress({ body: { metadata: { name }, spec: spec as never } })
  const fields = async (name: string, spec: object) =>
    (await statusOf(create(name, spec))).details?.causes?.map(({ field }) => field)
  assert.equal((await create('fe80::42:1dff:fe84:f9e2', { parentRef })).metadata?.name, 'fe80::42:1dff:fe84:f9e2')
  assert.deepEqual(await fields('shop', { parentRef }), ['metadata.name'])
  assert.deepEqual(await fields('fe80:0::1', { parentRef }), ['metadata.name'])
  assert.deepEqual(await fields('192.0.2.1', {}), ['spec.parentRef'])
})
