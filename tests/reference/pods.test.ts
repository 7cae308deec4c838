import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createStore } from '../../reference/api/store.ts'
import { ContainerLog } from '../../reference/kubelet/container-log.ts'
import { environment, expand } from '../../reference/kubelet/environment.ts'
import { etcFiles, hostnameOf } from '../../reference/kubelet/etc-files.ts'
import { argv, findImage } from '../../reference/kubelet/image.ts'
import type { Pod } from '../../reference/kubelet/pod.ts'
import { capabilities, fstab } from '../../reference/kubelet/root-filesystem.ts'
import { field } from '../../reference/kubelet/value-sources.ts'

const container = { name: 'main', image: 'node:24-slim' }
const pod: Pod = {
  metadata: { name: 'web', namespace: 'shop', uid: 'u-1', labels: { app: 'web' } },
  spec: { nodeName: 'node-2', containers: [container] },
  status: { podIP: '10.244.2.2', podIPs: [{ ip: '10.244.2.2' }, { ip: 'fd00::2' }] },
}

suite('what a pod is started with', () => {
  test('an image is found under any of its names, and no other is', () => {
    const names = ['node', 'node:24-slim', 'docker.io/library/node:22', 'mirror.example/library/node:24@sha256:abc']
    for (const name of names) assert.equal(findImage({}, name)?.program, process.execPath, name)
    assert.equal(findImage({}, 'busybox:1'), undefined)
    assert.equal(findImage({ 'busybox:*': '/bin/busybox' }, 'busybox:1')?.program, '/bin/busybox')
    assert.equal(findImage({ 'busybox:1': '/bin/busybox' }, 'busybox:2'), undefined)
  })

  test('an image adds its program to bare arguments, as its entry point does', () => {
    const image = { name: 'node:24', program: '/usr/bin/node' }
    assert.deepEqual(argv(image, { ...container, args: ['-e', '1'] }), ['node', '-e', '1'])
    assert.deepEqual(argv(image, { ...container, args: ['sh', '-c', 'true'] }), ['sh', '-c', 'true'])
    assert.deepEqual(argv(image, { ...container, command: ['a'], args: ['b'] }), ['a', 'b'])
  })

  test('the environment takes from fields, ConfigMaps and Secrets', () => {
    const store = createStore()
    store.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: 'shop' }, data: { k: 'v' } })
    store.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'shop' },
      data: { k: 'czNjcg==' },
    })
    const env = [
      { name: 'IPS', valueFrom: { fieldRef: { fieldPath: 'status.podIPs' } } },
      { name: 'A', valueFrom: { configMapKeyRef: { name: 'cm', key: 'k' } } },
      { name: 'B', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      { name: 'C', value: '$(A) $(NONE) $$(A)' },
    ]
    const result = environment(store, pod, { ...container, env }, 'web')
    assert.deepEqual([result.IPS, result.A, result.B, result.C], ['10.244.2.2,fd00::2', 'v', 's3cr', 'v $(NONE) $(A)'])
    const missing = { name: 'X', valueFrom: { configMapKeyRef: { name: 'none', key: 'k' } } }
    assert.throws(() => environment(store, pod, { ...container, env: [missing] }, 'web'), /configmap "none" not found/)
  })

  test('fields are read by their downward API paths', () => {
    assert.equal(field(pod, "metadata.labels['app']"), 'web')
    assert.equal(field(pod, 'metadata.labels'), 'app="web"')
    assert.equal(field(pod, 'spec.nodeName'), 'node-2')
    assert.equal(expand('$(A)$(B)', { A: '1' }), '1$(B)')
  })

  test('names and name servers are those of a real node', () => {
    const named = { ...pod, spec: { ...pod.spec, subdomain: 'all', hostname: 'first' } }
    assert.equal(hostnameOf(named, 'node-2'), 'first')
    const node = { nameservers: ['192.0.2.53'], searches: ['example.com'], options: [] }
    const resolvers = { clusterDns: '10.96.0.10', node }
    const files = etcFiles(named, 'first', ['10.244.2.2'], resolvers)
    assert.match(files.hosts ?? '', /^10\.244\.2\.2\tfirst\.all\.shop\.svc\.cluster\.local\tfirst$/m)
    assert.match(
      files['resolv.conf'] ?? '',
      /^search shop\.svc\.cluster\.local svc\.cluster\.local cluster\.local example\.com$/m,
    )
  })

  test('capabilities are the usual ones, less what is dropped', () => {
    assert.match(capabilities(container), /^-all,\+chown,.*net_raw/)
    assert.equal(capabilities({ ...container, securityContext: { capabilities: { drop: ['ALL'] } } }), '-all')
    const some = { capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } }
    assert.equal(capabilities({ ...container, securityContext: some }), '-all,+net_admin')
  })

  test('a mount survives a space in its path', () => {
    const line = fstab([{ source: '/a b', target: '/c', options: 'rbind' }])
    assert.equal(line, '/a\\040b /run/root/c none rbind,X-mount.mkdir 0 0\n')
  })
})

suite('a container log', () => {
  const read = async (log: ContainerLog, options = {}) => {
    const stream = log.read({ follow: false, timestamps: false, ...options }, new AbortController().signal)
    return (await stream.toArray()).join('')
  }

  test('keeps lines whole that come in pieces, and the streams apart', async () => {
    const log = new ContainerLog()
    log.write('out', 'on')
    log.write('err', 'two\n')
    log.write('out', 'e\nlast')
    assert.equal(await read(log), 'two\none\n')
    log.end()
    assert.equal(await read(log, { tailLines: 1 }), 'last\n')
    assert.match(await read(log, { timestamps: true }), /^\d{4}-.*Z two$/m)
  })

  test('is followed to its end', async () => {
    const log = new ContainerLog()
    log.write('out', 'one\n')
    const all = read(log, { follow: true })
    setTimeout(() => log.write('out', 'two\n'), 10)
    setTimeout(() => log.end(), 20)
    assert.equal(await all, 'one\ntwo\n')
  })
})
