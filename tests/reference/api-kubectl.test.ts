import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { execa } from 'execa'
import { startFixture, startPod } from './api-fixture.ts'

const skip = spawnSync('kubectl', ['version', '--client']).error ? 'kubectl is not installed' : false

const manifest = JSON.stringify({
  apiVersion: 'v1',
  kind: 'List',
  items: [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { a: '1' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'main', image: 'node:24-slim' }] },
    },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } },
  ],
})

test('kubectl finds what it knows from a real cluster', { skip }, async () => {
  await using fixture = await startFixture()
  const folder = await mkdtemp(join(tmpdir(), 'flatnet-api-'))
  const env = { KUBECONFIG: join(folder, 'kubeconfig'), HOME: folder }
  await writeFile(env.KUBECONFIG, fixture.api.kubeconfig)
  const kubectl = (line: string, input = '') =>
    execa('kubectl', line.split(' '), { env, input, reject: false, all: true })
  const says = async (line: string, expected: RegExp, input?: string) => {
    const { all } = await kubectl(line, input)
    assert.match(all, expected, `kubectl ${line}`)
  }
  try {
    await says('create namespace one', /^namespace\/one created$/)
    await says('apply -n one -f -', /^configmap\/settings created\npod\/web created\nservice\/web created$/, manifest)
    await says('apply -n one -f -', /^configmap\/settings configured/, manifest.replace('"1"', '"2"'))
    await says('get -n one configmap settings -o jsonpath={.data.a}', /^2$/)
    startPod(fixture.store, 'one', 'web')
    await says('wait -n one --for=condition=Ready pod/web --timeout=10s', /^pod\/web condition met$/)
    await says(
      'get -n one pods -o wide',
      /READY +STATUS +RESTARTS +AGE +IP +NODE.*\nweb +1\/1 +Running +0 .*10\.244\.1\.2 +node-1/,
    )
    await says('get -n one all -l app=web', /pod\/web +1\/1/)
    await says('describe -n one pod web', /Node: +node-1\/\n.*(.*\n)*QoS Class: +BestEffort/)
    await says('logs -n one web --tail=1 -f', /^three\nfour$/)
    await says('exec -n one -i web -- cat', /^hello$/, 'hello')
    assert.equal((await kubectl('exec -n one web -- grep x /dev/null')).exitCode, 1)
    await says('get -n one pod nobody', /^Error from server \(NotFound\): pods "nobody" not found$/)
    await says('apply -n one --server-side -f -', /does not do server-side apply/, manifest)
    await says('create -n one deployment shop --image=node:24 --port=80', /^deployment\.apps\/shop created$/)
    await says('get -n one deployment shop -o wide', /shop +0\/1 +0 +0 +\S+ +node +node:24 +app=shop$/)
    await says('port-forward -n one web 1:1', /does not serve pods\/portforward/)
    await says('api-resources', /pods +po +v1 +true +Pod/)
    await says('auth can-i create pods', /^yes$/)
    await says('delete -n one pod web --wait=false', /^pod "web" deleted/)
    assert.ok(fixture.store.get('Pod', 'one', 'web')?.metadata.deletionTimestamp)
  } finally {
    await rm(folder, { recursive: true })
  }
})
