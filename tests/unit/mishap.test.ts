import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiException, type V1Node, type V1Pod } from '@kubernetes/client-node'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { mishapOf, restartsCounted } from '../../cluster/pods/mishap.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import type { ProbeRef, StandingPod } from '../../contract/topology.ts'
import { scene } from '../../fixtures/ground.ts'
import { judged } from '../../steps/healthy.ts'
import { Observations } from '../../steps/observations.ts'
import { fakeTopology, flow, probeOf } from './fake.ts'

const topology = fakeTopology(2)

/** An API whose pods and nodes are as provisioned, but for these changes. */
function api(change: (pod: V1Pod) => V1Pod | undefined = (pod) => pod, ready = 'True') {
  const items = topology.pods.flatMap(({ uid, name, containers }): V1Pod[] => {
    const containerStatuses = containers.map(({ container }) => ({
      ...{ name: container, restartCount: 0, ready: true, image: '', imageID: '' },
    }))
    const pod = change({ metadata: { uid, name }, status: { phase: 'Running', containerStatuses } })
    return pod ? [pod] : []
  })
  const conditions = [{ type: 'Ready', status: ready, message: 'kubelet stopped posting' }]
  return {
    core: {
      listNamespacedPod: async () => ({ items }),
      readNode: async ({ name }: { name: string }): Promise<V1Node> => ({ metadata: { name }, status: { conditions } }),
    },
  } as unknown as KubeApi
}
const the = (name: string, change: (pod: V1Pod) => void) => (pod: V1Pod) => {
  if (pod.metadata?.name === name) change(pod)
  return pod
}
const server = topology.pods.find(({ role }) => role === 'server')?.name ?? ''
const ask = (given: KubeApi) => mishapOf(given, topology.run, topology.pods)

describe('a mishap of the suite', () => {
  it('is no restart from before the scenarios', async () => {
    const restarted = (restartCount: number) =>
      api(the(server, (pod) => Object.assign(pod.status?.containerStatuses?.[0] ?? {}, { restartCount })))
    const pods = await restartsCounted(restarted(1), topology.run, topology.pods)
    assert.equal(await mishapOf(restarted(1), topology.run, pods), undefined)
    assert.match((await mishapOf(restarted(2), topology.run, pods)) ?? '', /has restarted$/)
  })

  it('is a restart of a sidecar, and none of an init container that ends', async () => {
    const restarted = (policy?: string) =>
      api(
        the(server, (pod) => {
          const status = { name: 'first', restartCount: 1, ready: true, image: '', imageID: '' }
          const first = { name: 'first', ...(policy !== undefined && { restartPolicy: policy }) }
          Object.assign(pod, { spec: { containers: [], initContainers: [first] } })
          Object.assign(pod.status ?? {}, { initContainerStatuses: [status] })
        }),
      )
    assert.match((await ask(restarted('Always'))) ?? '', /^container first of pod .* has restarted$/)
    assert.equal(await ask(restarted()), undefined)
  })

  it('is a node that is gone, also one on which no standing pod took part', async () => {
    const gone = {
      ...api(),
      core: { ...api().core, readNode: () => Promise.reject(new ApiException(404, 'no', '{}', {})) },
    }
    assert.match((await ask(gone as never)) ?? '', /^node node-1 is gone$/)
    assert.match((await mishapOf(gone as never, topology.run, [], ['node-2'])) ?? '', /^node node-2 is gone$/)
  })

  it('is none while all pods are as they were', async () => assert.equal(await ask(api()), undefined))

  const cases: [string, KubeApi, RegExp][] = [
    ['a pod that is gone', api((pod) => (pod.metadata?.name === server ? undefined : pod)), /is gone$/],
    [
      'a pod that is being deleted',
      api(the(server, (pod) => Object.assign(pod.metadata ?? {}, { deletionTimestamp: new Date() }))),
      /is being deleted$/,
    ],
    [
      'a pod that its node has evicted',
      api(
        the(server, (pod) => Object.assign(pod.status ?? {}, { phase: 'Failed', reason: 'Evicted', message: 'disk' })),
      ),
      /has ended \(Evicted: disk\)$/,
    ],
    [
      'a container that has restarted',
      api(
        the(server, (pod) =>
          Object.assign(pod.status?.containerStatuses?.[0] ?? {}, {
            restartCount: 1,
            lastState: { terminated: { reason: 'OOMKilled' } },
          }),
        ),
      ),
      /^container app of pod .* has restarted \(OOMKilled\)$/,
    ],
    [
      'a node that is not Ready',
      api(undefined, 'Unknown'),
      /^node node-1 is no longer Ready \(kubelet stopped posting\)$/,
    ],
  ]
  for (const [name, given, words] of cases) it(`is ${name}`, async () => assert.match((await ask(given)) ?? '', words))
})

describe('a broken promise', () => {
  const [client, near, far] = [
    probeOf(topology, 'client', 0),
    probeOf(topology, 'server', 0),
    probeOf(topology, 'server', 1),
  ]
  const lost = flow(client, far, (outcome) => {
    delete outcome.server
    Object.assign(outcome, { failure: 'timeout' })
  })
  const seen = new Observations()
  seen.take([flow(client, near), lost])
  const error = new NonConformance({ expected: 'e', actual: 'no answer', outcomes: [lost.outcome] })
  const world = (given: KubeApi, pods: readonly StandingPod[] = [], own: readonly StandingPod[] = []) =>
    ({
      ...{ bench: { api: async () => given }, topology, seen, scene: scene({ pods: [...pods] }) },
      lasting: [...topology.pods, ...own],
    }) as never
  const without = (name: string) => api((pod) => (pod.metadata?.name === name ? undefined : pod))

  it('is a verdict while the pods that took part are as they were', async () => {
    assert.equal(await judged(world(api()), error), error)
    assert.equal(await judged(world(without(near.pod)), error), error)
  })

  it('is none if a pod that took part is gone', async () => {
    for (const { pod } of [client, far]) {
      const thrown = await judged(world(without(pod)), error)
      assert.ok(thrown instanceof Trouble)
      assert.match(
        thrown.message,
        new RegExp(`^pod ${pod} on .* is gone, so this row is inconclusive\\. It saw: no answer`),
      )
    }
  })

  it('is none if a pod that the scenario is about is gone: a wait knows only who did not answer', async () => {
    const about = topology.pods.filter(({ name }) => name === near.pod)
    for (const waited of [error, new NonConformance({ expected: 'e', actual: 'never answered' })]) {
      assert.equal(await judged(world(without(near.pod)), waited), waited)
      assert.ok((await judged(world(without(near.pod), about), waited)) instanceof Trouble)
    }
  })

  it('is none if a pod that the scenario dials is gone, and a wait does not keep its conversations', async () => {
    const subject = {
      client,
      to: { label: 'the Service', node: '', by: [near, far] },
      ip: '10.96.0.9',
      ports: near.ports,
    }
    const [, other] = topology.pods.filter(({ role }) => role === 'client')
    const dialling = (gone: string) =>
      ({ ...(world(without(gone)) as object), scene: scene({ subjects: [subject] }) }) as never
    const { outcome } = flow(client, far, (each) => {
      delete each.server
      Object.assign(each, { dial: { ...each.dial, host: '10.96.0.9' }, failure: 'timeout' })
    })
    const waited = new NonConformance({ expected: 'e', actual: 'never answered', outcomes: [outcome] })
    for (const { pod } of [client, near, far])
      assert.match(
        ((await judged(dialling(pod), waited)) as Error).message,
        new RegExp(`^pod ${pod} on .* is gone, so`),
      )
    assert.equal(await judged(dialling(other?.name ?? ''), waited), waited)
  })

  it('is none if a pod that the scenario has created is gone, but it has not ended it itself', async () => {
    const mine: StandingPod = { ...(topology.pods[0] as StandingPod), name: 'mine', uid: 'uid-mine' }
    const never = new NonConformance({ expected: 'e', actual: 'never answered' })
    const thrown = await judged(world(api(), [mine], [mine]), never)
    assert.match((thrown as Error).message, /^pod mine on node-1 is gone, so this row is inconclusive/)
    assert.equal(await judged(world(api(), [mine]), never), never)
  })

  it('is none if the node of a pod of the scenario’s own is not Ready', async () => {
    const notReady = (name: string) => {
      const core = {
        ...api().core,
        readNode: ({ name: asked }: { name: string }) =>
          api(undefined, asked === name ? 'Unknown' : 'True').core.readNode({ name: asked }),
      }
      return world({ ...api(), core } as never, [{ ...(topology.pods[0] as StandingPod), uid: 'own', node: far.node }])
    }
    const inside = new NonConformance({ expected: 'e', actual: 'no answer', outcomes: [flow(client, near).outcome] })
    assert.ok((await judged(notReady(far.node), inside)) instanceof Trouble)
  })

  it('is none if it lacks an answer while a pod waits for a readiness gate that a webhook has set', async () => {
    const gated = (status: string) =>
      world(
        api((pod) => ({
          ...pod,
          spec: { containers: [], nodeName: 'node-1', readinessGates: [{ conditionType: 'cloud/target' }] },
          status: { ...pod.status, conditions: [{ type: 'cloud/target', status }] },
        })),
      )
    const thrown = await judged(gated('False'), error)
    assert.ok(thrown instanceof Trouble)
    assert.match(
      thrown.message,
      /^pod client-node-1 on node-1 waits for its readiness gate cloud\/target, so this row is/,
    )
    assert.equal(await judged(gated('True'), error), error)
    const translated = new NonConformance({ expected: 'e', actual: 'a', outcomes: [flow(client, far).outcome] })
    assert.equal(await judged(gated('False'), translated), translated)
  })

  describe('where a node tracks almost as many connections as it can', () => {
    const whole = fakeTopology(2, ['client', 'server', 'host'])
    const crowded = (node: string, count: number) => {
      const ask = async (probe: ProbeRef) => ({ tracked: { count: probe.node === node ? count : 7, max: 1000 } })
      return { ...(world(api()) as object), bench: { api: async () => api(), ask }, topology: whole } as never
    }

    it('is none if it lacks an answer, and the node took part', async () => {
      const thrown = await judged(crowded('node-2', 900), error)
      assert.ok(thrown instanceof Trouble)
      assert.match(
        thrown.message,
        /^node-2 tracks 900 connections, can track 1000 \(nf_conntrack_max\) and may have dropped packets, so this row/,
      )
    })

    it('is a verdict below that, if the node took no part, or if every conversation was answered', async () => {
      assert.equal(await judged(crowded('node-2', 899), error), error)
      const inside = new NonConformance({ expected: 'e', actual: 'no answer', outcomes: [flow(client, near).outcome] })
      assert.equal(await judged(crowded('node-2', 900), inside), inside)
      const translated = new NonConformance({ expected: 'e', actual: 'a', outcomes: [flow(client, far).outcome] })
      assert.equal(await judged(crowded('node-2', 900), translated), translated)
    })
  })

  describe('where a policy of the whole cluster stands', () => {
    const kind = { kind: 'GlobalNetworkPolicy', group: 'g', version: 'v1', plural: 'p' }
    const policed = (names: string[]) => {
      const items = names.map((name) => ({ metadata: { name } }))
      const given = { ...api(), custom: { listClusterCustomObject: async () => ({ items }) } } as unknown as KubeApi
      return { ...(world(given) as object), topology: { ...topology, policies: { names: [], kinds: [kind] } } } as never
    }

    it('is none if it lacks an answer, also if the policy has come since', async () => {
      for (const lacking of [error, new NonConformance({ expected: 'e', actual: 'never answered' })]) {
        const thrown = await judged(policed(['deny']), lacking)
        assert.ok(thrown instanceof Trouble)
        assert.match(thrown.message, /^GlobalNetworkPolicy deny may block conversations of this run, so this row is/)
        assert.equal(await judged(policed([]), lacking), lacking)
      }
    })

    it('is a verdict if every conversation was answered', async () => {
      const { outcome } = flow(client, far)
      const translated = new NonConformance({ expected: 'e', actual: 'translated', outcomes: [outcome] })
      assert.equal(await judged(policed(['deny']), translated), translated)
    })
  })

  it('is a verdict if the API does not answer, and other errors stay what they are', async () => {
    const silent = { core: { listNamespacedPod: () => Promise.reject(new Error('down')), readNode: async () => ({}) } }
    assert.equal(await judged(world(silent as never), error), error)
    const other = new Error('a mistake')
    assert.equal(await judged(world(without(client.pod)), other), other)
  })
})
