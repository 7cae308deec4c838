import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Pod } from '@kubernetes/client-node'
import type { Workbench } from '../../cluster/workbench.ts'
import { Trouble } from '../../contract/errors.ts'
import type { StandingPod } from '../../contract/topology.ts'
import { claimReady, probedBy } from '../../promises/nodes/kubelet.ts'
import { claimStaysReady, watchReadiness } from '../../promises/nodes/stays-ready.ts'
import { fakeTopology, probeOf } from './fake.ts'

const topology = fakeTopology(1, ['probed'])
topology.settings.limits.kubelet = 300
const pods = topology.pods.map((pod): StandingPod => {
  const containers = pod.containers.map((each) => ({ ...each, container: 'httpget' }))
  return { ...pod, containers }
})
const [{ uid = '' } = {}] = pods

/** A probed pod as the API shows it. */
const shown = (ready: boolean, isReady: boolean, gates: string[] = []): V1Pod => ({
  metadata: { uid, name: 'probed' },
  spec: { containers: [], readinessGates: gates.map((conditionType) => ({ conditionType })) },
  status: {
    containerStatuses: [{ name: 'httpget', ready, restartCount: 0, image: '', imageID: '' }],
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
  },
})

/** A workbench whose watches end at once. `list` gives the pods, or fails. */
function bench(list: () => V1Pod, starved = 0): Workbench {
  let count = 0
  const api = {
    core: { listNamespacedPod: async () => ({ items: [list()] }) },
    note: () => {},
    watches: {
      watch: async (_path: string, _query: object, _take: unknown, done: () => void) => {
        setImmediate(done)
        return new AbortController()
      },
    },
  }
  const ask = async (_: unknown, op: string) => (op === 'seen' ? { http: { count: count++, peers: [] } } : starved)
  return { topology, api: async () => api, ask } as unknown as Workbench
}

describe('a container with a probe of the kubelet', () => {
  it('that is not ready in time is a broken promise', async () => {
    const probed = await probedBy(
      bench(() => shown(false, false)),
      pods,
      'httpGet',
    )
    assert.throws(() => claimReady(probed), { name: 'NonConformance' })
  })

  it('that had no CPU while its kubelet asked is not judged', async () => {
    const judge = async (starved: number) => {
      const probed = await probedBy(
        bench(() => shown(false, false), starved),
        pods,
        'httpGet',
      )
      return () => claimReady(probed)
    }
    assert.throws(await judge(200), { name: 'Trouble', message: /^container httpget of pod .* had no CPU for 200 ms/ })
    assert.throws(await judge(90), { name: 'NonConformance' })
  })

  it('is not judged while the API cannot be asked, also if it was not ready before', async () => {
    let lists = 0
    const broken = bench(() => {
      if (lists++ > 0) throw new Trouble('could not list pods: etcd is gone')
      return shown(false, false)
    })
    await assert.rejects(probedBy(broken, pods, 'httpGet'), { name: 'Trouble', message: /etcd is gone/ })
  })

  it('may be ready in a pod that is not, if the pod waits for a readiness gate alone', async () => {
    const gated = await probedBy(
      bench(() => shown(true, false, ['cloud/target'])),
      pods,
      'httpGet',
    )
    claimReady(gated)
    const odd = await probedBy(
      bench(() => shown(true, false)),
      pods,
      'httpGet',
    )
    assert.throws(() => claimReady(odd), /the pod is not Ready/)
  })
})

describe('a container that stops being ready', () => {
  const container = { ...probeOf(topology, 'probed', 0), container: 'httpget' }

  /** Watches while it stops being ready at these counts of its kubelet's probes, and has lost so many milliseconds of CPU each time. */
  async function watched(at: number[], lost: number[], goneAt?: number) {
    let count = 0
    let change = (_type: string, _pod: V1Pod) => {}
    let open = new AbortController()
    const api = {
      core: { listNamespacedPod: async () => ({ items: [shown(true, true)] }) },
      note: () => {},
      watches: {
        watch: async (_path: string, _query: object, take: typeof change) => {
          change = take
          open = new AbortController()
          return open
        },
      },
    }
    const ask = async (_: unknown, op: string) => {
      assert.equal(op, 'starved')
      return lost.shift() ?? 0
    }
    const arrived = async () => {
      if (++count === goneAt) throw new Trouble('the pod is gone')
      if (at.includes(count)) for (const ready of [false, true]) change('MODIFIED', shown(ready, ready))
      return count
    }
    const bench = { topology, api: async () => api, ask } as unknown as Workbench
    const stayed = await watchReadiness(bench, [container], arrived).finally(() => assert.ok(open.signal.aborted))
    return { stayed, count }
  }

  it('is watched from there again if it had no CPU, and kept its promise if it stays ready', async () => {
    const { stayed, count } = await watched([8], [900])
    assert.deepEqual(stayed, [{ container, flaps: 0, excused: 1, arrived: 12, starved: 900 }])
    assert.equal(count, 8 + 12)
    claimStaysReady(stayed, 'httpGet')
  })

  it('is not watched any more once it is gone', () => assert.rejects(watched([], [], 5), /the pod is gone/))

  it('broke its promise if it had CPU', async () => {
    const { stayed, count } = await watched([3, 5, 7], [900, 100, 100])
    assert.equal(count, 7)
    assert.throws(() => claimStaysReady(stayed, 'httpGet'), { name: 'NonConformance', message: /2 times/ })
  })
})
