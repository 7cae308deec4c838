import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get, type RequestOptions } from 'node:https'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { V1Status } from '@kubernetes/client-node'
import { podNamed, startFixture, startPod } from './api-fixture.ts'

const refusal = (code: number) => (error: unknown) => (error as { code?: number }).code === code

test('objects are created, read, patched and deleted', async () => {
  await using fixture = await startFixture()
  const { core } = fixture
  await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'a' }, data: { x: '1' } } })
  const read = await core.readNamespacedConfigMap({ namespace: 'default', name: 'a' })
  assert.equal(read.data?.x, '1')
  const patched = await core.patchNamespacedConfigMap({
    namespace: 'default',
    name: 'a',
    body: [{ op: 'replace', path: '/data/x', value: '2' }],
  })
  assert.equal(patched.data?.x, '2')
  await assert.rejects(core.replaceNamespacedConfigMap({ namespace: 'default', name: 'a', body: read }), refusal(409))
  await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'a' })
  await assert.rejects(core.readNamespacedConfigMap({ namespace: 'default', name: 'a' }), refusal(404))
})

test('a watch tells what came, changed and went', async () => {
  await using fixture = await startFixture()
  const { core, watch } = fixture
  const seen: string[] = []
  const gone = Promise.withResolvers<void>()
  const abort = await watch.watch(
    '/api/v1/namespaces/default/pods',
    {},
    (type, pod) => {
      seen.push(`${type} ${pod.metadata.name}`)
      if (type === 'DELETED') gone.resolve()
    },
    () => undefined,
  )
  await core.createNamespacedPod({ namespace: 'default', body: podNamed('a') })
  startPod(fixture.store, 'default', 'a')
  fixture.store.remove('Pod', 'default', 'a')
  await gone.promise
  abort.abort()
  assert.deepEqual(seen, ['ADDED a', 'MODIFIED a', 'DELETED a'])
})

test('exec carries stdin, both outputs and the exit code', async () => {
  await using fixture = await startFixture()
  await fixture.core.createNamespacedPod({ namespace: 'default', body: podNamed('a') })
  startPod(fixture.store, 'default', 'a')
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const status = Promise.withResolvers<V1Status>()
  const argv = ['sh', '-c', 'cat; echo no >&2; exit 3']
  await fixture.exec.exec('default', 'a', 'main', argv, stdout, stderr, Readable.from(['hello']), false, status.resolve)
  const { details } = await status.promise
  stdout.end()
  stderr.end()
  assert.equal(await text(stdout), 'hello')
  assert.equal(await text(stderr), 'no\n')
  assert.deepEqual(details?.causes, [{ reason: 'ExitCode', message: '3' }])
})

test('a log is read whole, by its tail, and followed', async () => {
  await using fixture = await startFixture()
  await fixture.core.createNamespacedPod({ namespace: 'default', body: podNamed('a') })
  await assert.rejects(fixture.core.readNamespacedPodLog({ namespace: 'default', name: 'a' }), refusal(400))
  startPod(fixture.store, 'default', 'a')
  assert.equal(await fixture.core.readNamespacedPodLog({ namespace: 'default', name: 'a', tailLines: 1 }), 'three\n')
  const followed = new PassThrough()
  await fixture.log.log('default', 'a', 'main', followed, { follow: true })
  assert.equal(await text(followed), 'one\ntwo\nthree\nfour\n')
})

test('who has no certificate of this cluster gets a Status 401, and learns only that it lives', async () => {
  await using fixture = await startFixture()
  const ask = (path: string) =>
    new Promise<string>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: fixture.api.port,
        path,
        rejectUnauthorized: false,
        agent: false,
      } as const
      get(options, async (answer) => resolve(`${answer.statusCode} ${await text(answer)}`)).on('error', reject)
    })
  assert.match(await ask('/api/v1/pods'), /^401 .*"reason":"Unauthorized"/)
  assert.equal(await ask('/readyz'), '200 ok')
})

test('a watch that has ended writes nothing more, although its client has not read it yet', async () => {
  await using fixture = await startFixture()
  const { core, config } = fixture
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const path = '/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=1'
  const asked = get(`${config.getCurrentCluster()?.server}${path}`, options)
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.pause()
  const create = (name: string) =>
    core.createNamespacedConfigMap({
      namespace: 'default',
      body: { metadata: { name }, data: { text: 'x'.repeat(900_000) } },
    })
  // More than the buffers of the connection take, so that the end of the watch waits for its client.
  for (let n = 0; n < 12; n++) await create(`large-${n}`)
  await delay(1_200)
  await create('late')
  const { items } = await core.listNamespacedConfigMap({ namespace: 'default' })
  assert.ok(items.some(({ metadata }) => metadata?.name === 'late'))
  asked.destroy()
})
