import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createStore } from '../../reference/api/store.ts'
import type { KubeObject, Runtime } from '../../reference/contract.ts'
import { startKubelets } from '../../reference/kubelet/kubelet.ts'
import { asPod, type Pod, type PodSpec } from '../../reference/kubelet/pod.ts'
import { skeletonScript } from '../../reference/kubelet/root-filesystem.ts'
import { run, shell } from '../../reference/network/commands.ts'
import { buildNodes, planNodes } from '../../reference/network/nodes.ts'
import { inNetwork } from '../../reference/network/world.ts'

const sh = (script: string, name = 'main') => ({ name, image: 'node:24-slim', command: ['sh', '-c', script] })
const server = (port: number, name = 'main') => ({
  ...{ name, image: 'node:24-slim', readinessProbe: { httpGet: { port }, periodSeconds: 1 } },
  command: [
    'node',
    '-e',
    `process.on('SIGTERM', () => process.exit()); require('http').createServer((q, s) => s.end('hello')).listen(${port})`,
  ],
})

suite('a kubelet', { concurrency: 4 }, () => {
  const store = createStore()
  let runtime: Runtime

  before(async () => {
    const nodes = planNodes(3, 'dual')
    await buildNodes(nodes)
    await shell(skeletonScript())
    runtime = startKubelets({ store, nodes })
  })
  after(async () => {
    for (const { metadata } of store.list('Pod')) remove(metadata.name, 0)
    while (store.list('Pod').length > 0) await sleep(20)
  })

  const add = (name: string, spec: Partial<PodSpec>) => {
    const full = { nodeName: 'node-1', containers: [], ...spec }
    store.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: full,
      status: { phase: 'Pending' },
    })
  }
  const get = (name: string): KubeObject => {
    const pod = store.get('Pod', 'default', name)
    assert.ok(pod, `pod ${name} is gone`)
    return pod
  }
  const until = async (name: string, holds: (pod: Pod) => unknown): Promise<Pod> => {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(20))
      if (holds(asPod(get(name)))) return asPod(get(name))
    throw new Error(`it did not come to that: ${JSON.stringify(get(name).status)}`)
  }
  const condition = (type: string) => (pod: Pod) =>
    pod.status?.conditions?.some((each) => each.type === type && each.status === 'True')
  const phase = (wanted: string) => (pod: Pod) => pod.status?.phase === wanted
  const exec = async (name: string, container: string, argv: string[], input?: string) => {
    const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()]
    stdin.end(input)
    const io = { stdout, stderr, ...(input !== undefined && { stdin }) }
    const code = await runtime.exec(get(name), container, argv, io, AbortSignal.timeout(60_000))
    return { code, out: await text(stdout.end()), err: await text(stderr.end()) }
  }
  const logs = (name: string, container = 'main', previous = false) =>
    text(
      runtime.logs(get(name), container, { follow: false, previous, timestamps: false }, AbortSignal.timeout(60_000)),
    )
  const remove = (name: string, seconds: number) =>
    store.update('Pod', 'default', name, ({ metadata }) => {
      metadata.deletionTimestamp = new Date().toISOString()
      metadata.deletionGracePeriodSeconds = seconds
    })
  const reasons = (name: string) =>
    store
      .list('Event')
      .filter((event) => (event.involvedObject as { name: string }).name === name)
      .map((event) => event.reason)

  test('runs a pod of two containers that share a network and nothing else', async () => {
    add('two', { containers: [server(8080), sh('sleep 100', 'second')] })
    const pod = await until('two', condition('Ready'))
    assert.equal(pod.status?.podIP, '10.244.1.2')
    assert.equal(pod.status?.hostIP, '172.30.0.11')
    const fetched = ['node', '-e', "fetch('http://localhost:8080').then(r => r.text()).then(console.log)"]
    assert.deepEqual(await exec('two', 'second', fetched), { code: 0, out: 'hello\n', err: '' })
    assert.match((await exec('two', 'second', ['sh', '-c', 'cat /proc/1/cmdline'])).out, /^sh/)
    assert.match((await exec('two', 'second', ['/node', '--version'])).out, /^v\d/)
    assert.deepEqual(await exec('two', 'main', ['sh', '-c', 'cat; echo bad >&2; exit 7'], 'in'), {
      code: 7,
      out: 'in',
      err: 'bad\n',
    })
    remove('two', 1)
    for (const deadline = Date.now() + 25_000; store.get('Pod', 'default', 'two'); await sleep(20))
      assert.ok(Date.now() < deadline)
    assert.equal((await shell('ls /run/netns')).includes('pod-1-2'), false)
    // The last question may meet a server that has just ended.
    const told = reasons('two').filter((reason) => reason !== 'Unhealthy')
    assert.deepEqual(told.toSorted(), [
      'Created',
      'Created',
      'Killing',
      'Killing',
      'Pulled',
      'Pulled',
      'Started',
      'Started',
    ])
  })

  test('fills volumes, and fills them again when their ConfigMap changes', async () => {
    store.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'default' },
      data: { 'a b': 'one' },
    })
    const volumeMounts = [
      { name: 'cm', mountPath: '/etc/cm' },
      { name: 'cm', mountPath: '/opt/file', subPath: 'a b' },
    ]
    const volumes = [{ name: 'cm', configMap: { name: 'cm' } }]
    add('volumes', { volumes, containers: [{ ...sh('sleep 100'), volumeMounts }] })
    await until('volumes', condition('Ready'))
    assert.equal((await exec('volumes', 'main', ['cat', '/etc/cm/a b', '/opt/file'])).out, 'oneone')
    store.update('ConfigMap', 'default', 'cm', (object) => {
      object.data = { 'a b': 'two' }
    })
    const wait = 'until grep -q two "/etc/cm/a b"; do sleep 0.05; done'
    assert.equal((await exec('volumes', 'main', ['sh', '-c', wait])).code, 0)
    remove('volumes', 0)
  })

  test('runs init containers in order, then sidecars, then the rest', async () => {
    const side = { ...sh('sleep 100', 'side'), restartPolicy: 'Always' as const }
    const initContainers = [sh('echo first > /dev/termination-log', 'init'), side]
    add('init', { restartPolicy: 'Never', initContainers, containers: [sh('exit 0')] })
    const { status } = await until('init', phase('Succeeded'))
    assert.equal(status?.initContainerStatuses?.[0]?.state.terminated?.message, 'first\n')
  })

  test('restarts what fails, at once and then after a pause', async () => {
    add('crash', { containers: [sh('echo run; exit 3')] })
    const { status } = await until(
      'crash',
      (pod) => pod.status?.containerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff',
    )
    assert.equal(status?.phase, 'Running')
    assert.equal(status?.containerStatuses?.[0]?.restartCount, 1)
    assert.equal(status?.containerStatuses?.[0]?.lastState.terminated?.exitCode, 3)
    assert.equal(await logs('crash', 'main', true), 'run\n')
    remove('crash', 0)
  })

  test('tells apart the ways to fail', async () => {
    const containers = (command: string[], image = 'node') => [{ name: 'main', image, command }]
    add('nocommand', { restartPolicy: 'Never', containers: containers(['nosuchcommand']) })
    add('noimage', { containers: containers(['true'], 'nosuch.example/image') })
    add('killed', { restartPolicy: 'Never', containers: containers(['sh', '-c', 'sleep 100 & wait']) })
    const failed = await until('nocommand', phase('Failed'))
    assert.equal(failed.status?.containerStatuses?.[0]?.state.terminated?.reason, 'StartError')
    await until('noimage', (pod) => /Pull/.test(pod.status?.containerStatuses?.[0]?.state.waiting?.reason ?? ''))
    await until('killed', condition('Ready'))
    remove('killed', 0)
    remove('noimage', 0)
  })

  test('probes from the node, and restarts what is no longer alive', async () => {
    const livenessProbe = { tcpSocket: { port: 81 }, periodSeconds: 1, failureThreshold: 1 }
    add('ill', { terminationGracePeriodSeconds: 1, containers: [{ ...sh('sleep 100'), livenessProbe }] })
    const readinessProbe = { exec: { command: ['test', '-e', '/tmp/ready'] }, periodSeconds: 1 }
    add('slow', { containers: [{ ...sh('sleep 0.5; touch /tmp/ready; sleep 100'), readinessProbe }] })
    await until('slow', condition('Ready'))
    await until('ill', (pod) => pod.status?.containerStatuses?.[0]?.restartCount)
    assert.ok(reasons('ill').includes('Unhealthy'))
    for (const name of ['ill', 'slow']) remove(name, 0)
  })

  test('asks a pod that ends whether it is ready, and no more whether it lives', async () => {
    const file = (name: string) => ({ exec: { command: ['test', '-e', `/tmp/${name}`] }, periodSeconds: 1 })
    const script = 'trap "rm /tmp/ready /tmp/alive" TERM; touch /tmp/ready /tmp/alive; while :; do sleep 0.1; done'
    const probes = {
      readinessProbe: { ...file('ready'), failureThreshold: 1 },
      livenessProbe: { ...file('alive'), failureThreshold: 1 },
    }
    add('ending', { containers: [{ ...sh(script), ...probes }] })
    await until('ending', condition('Ready'))
    remove('ending', 30)
    const { status } = await until('ending', (pod) => !condition('Ready')(pod))
    assert.ok(status?.containerStatuses?.[0]?.state.running, 'it goes on')
    await sleep(2500)
    const failed = store
      .list('Event')
      .filter((event) => (event.involvedObject as { name: string }).name === 'ending' && event.reason === 'Unhealthy')
    assert.deepEqual([...new Set(failed.map(({ message }) => String(message).split(' ')[0]))], ['Readiness'])
    remove('ending', 0)
  })

  test('builds a pod’s network anew when that failed', async () => {
    await shell('ip netns add pod-3-2')
    add('hindered', { nodeName: 'node-3', containers: [sh('sleep 100')] })
    await until('hindered', condition('Ready'))
    assert.ok(reasons('hindered').includes('FailedCreatePodSandBox'))
    remove('hindered', 0)
  })

  test('ends a pod sooner when it is told so while it ends', async () => {
    add('stubborn', { containers: [sh('trap "" TERM; while :; do sleep 1; done')] })
    await until('stubborn', condition('Ready'))
    remove('stubborn', 30)
    while (!reasons('stubborn').includes('Killing')) await sleep(20)
    remove('stubborn', 1)
    for (const deadline = Date.now() + 25_000; store.get('Pod', 'default', 'stubborn'); await sleep(20))
      assert.ok(Date.now() < deadline)
  })

  test('gives a pod its node’s network when it asks for it', async () => {
    add('host', { nodeName: 'node-2', hostNetwork: true, containers: [sh('sleep 100')] })
    const { status } = await until('host', condition('Ready'))
    assert.deepEqual(status?.podIPs, [{ ip: '172.30.0.12' }, { ip: 'fd00:172:30::c' }])
    assert.equal((await exec('host', 'main', ['hostname'])).out, 'node-2\n')
    remove('host', 0)
  })

  test('leads ports of the node to a pod, each protocol to its own, from pods, from itself and from outside', async () => {
    const echo =
      "require('dgram').createSocket('udp4').on('message', function (m, c) { this.send(c.address, c.port, c.address) }).bind(8081)"
    const main = server(8080)
    main.command[2] += `; ${echo}`
    const ports = [
      { containerPort: 8080, hostPort: 8888 },
      { containerPort: 8081, hostPort: 8888, protocol: 'UDP' },
    ]
    add('ported', { containers: [{ ...main, ports }] })
    add('client', { nodeName: 'node-2', containers: [sh('sleep 100')] })
    const [, { status }] = await Promise.all([until('ported', condition('Ready')), until('client', condition('Ready'))])
    const fetched = `fetch('http://172.30.0.11:8888').then((r) => r.text()).then(console.log)`
    const asked = `require('dgram').createSocket('udp4').on('message', (m) => process.exit(console.log(String(m)))).send('?', 8888, '172.30.0.11'); setTimeout(() => process.exit(1), 2000)`
    for (const pod of ['client', 'ported'])
      assert.equal((await exec(pod, 'main', ['node', '-e', fetched])).out, 'hello\n', pod)
    assert.equal((await exec('client', 'main', ['node', '-e', asked])).out, `${status?.podIP}\n`)
    assert.match((await exec('ported', 'main', ['node', '-e', asked])).out, /^\d/)
    const outside = (program: string) => run([...inNetwork('outside'), process.execPath, '-e', program])
    assert.deepEqual([await outside(fetched), await outside(asked)], ['hello\n', '172.30.0.3\n'])
    for (const name of ['ported', 'client']) remove(name, 0)
  })
})
