import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { createStore } from '../../reference/api/store.ts'
import { asPod, type PodSpec } from '../../reference/kubelet/pod.ts'
import { planNodes } from '../../reference/network/nodes.ts'
import { registerNodes } from '../../reference/node-objects.ts'
import { startScheduler } from '../../reference/scheduler.ts'

function cluster() {
  const store = createStore()
  registerNodes(store, planNodes(3, 'ipv4'), 'v1.36.3')
  startScheduler(store)
  const add = (name: string, spec: Partial<PodSpec> = {}) => {
    const containers = [{ name: 'main', image: 'node' }]
    const metadata = { name, namespace: 'default' }
    store.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: { containers, ...spec },
      status: { phase: 'Pending' },
    })
    const pod = store.get('Pod', 'default', name)
    assert.ok(pod)
    return asPod(pod)
  }
  return { store, add }
}

suite('the scheduler', () => {
  test('spreads pods over the nodes', () => {
    const { add } = cluster()
    const nodes = ['a', 'b', 'c', 'd'].map((name) => add(name).spec.nodeName)
    assert.deepEqual(nodes.slice(0, 3).sort(), ['node-1', 'node-2', 'node-3'])
  })

  test('keeps to selectors, names and ports', () => {
    const { add } = cluster()
    assert.equal(add('a', { nodeSelector: { 'kubernetes.io/hostname': 'node-2' } }).spec.nodeName, 'node-2')
    const matchFields = [{ key: 'metadata.name', operator: 'In', values: ['node-3'] }]
    const affinity = {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] } },
    }
    const containers = [{ name: 'main', image: 'node', ports: [{ containerPort: 80, hostPort: 80 }] }]
    assert.equal(add('b', { affinity, containers }).spec.nodeName, 'node-3')
    assert.equal(add('c', { affinity, containers }).spec.nodeName, undefined)
    const on = (hostIP: string) => [
      { name: 'main', image: 'node', ports: [{ containerPort: 81, hostPort: 81, hostIP }] },
    ]
    assert.equal(add('d', { affinity, containers: on('172.30.0.1') }).spec.nodeName, 'node-3')
    assert.equal(add('e', { affinity, containers: on('172.30.0.2') }).spec.nodeName, 'node-3', 'another address')
    assert.equal(add('f', { affinity, containers: on('0.0.0.0') }).spec.nodeName, undefined, 'every address')
  })

  test('fills no node beyond what it can hold', () => {
    const { add } = cluster()
    const nodes = Array.from({ length: 3 * 110 }, (_, n) => add(`p-${n}`).spec.nodeName)
    assert.ok(nodes.every((node) => node !== undefined))
    const one = add('more')
    assert.equal(one.spec.nodeName, undefined)
    assert.match(one.status?.conditions?.[0]?.message ?? '', /3 Too many pods/)
  })

  test('says why a pod fits nowhere, and tries again when a node changes', () => {
    const { store, add } = cluster()
    const pod = add('a', { nodeSelector: { disk: 'fast' } })
    const [condition] = pod.status?.conditions ?? []
    assert.equal(condition?.reason, 'Unschedulable')
    assert.match(condition?.message ?? '', /^0\/3 nodes are available: 3 node\(s\) didn't match Pod's node affinity/)
    assert.equal(store.list('Event')[0]?.reason, 'FailedScheduling')
    store.update('Node', undefined, 'node-2', ({ metadata }) => {
      metadata.labels = { ...metadata.labels, disk: 'fast' }
    })
    assert.equal((store.list('Pod')[0]?.spec as PodSpec | undefined)?.nodeName, 'node-2')
  })
})
