import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Pod } from '@kubernetes/client-node'
import type { Workbench } from '../../cluster/workbench.ts'
import { Trouble } from '../../contract/errors.ts'
import type { StandingPod } from '../../contract/topology.ts'
import { claimReady, probedBy } from '../../promises/nodes/kubelet.ts'
import { fakeTopology } from './fake.ts'

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
function bench(list: () => V1Pod): Workbench {
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
  const ask = async (_: unknown, op: string) => (op === 'seen' ? { http: { count: count++, peers: [] } } : 0)
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
