import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Pod, V1Service } from '@kubernetes/client-node'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { mishapOf } from '../../cluster/pods/mishap.ts'
import { podManifest } from '../../cluster/pods/plan.ts'
import { initReports, rewrittenOf } from '../../cluster/pods/rewritten.ts'
import { Settings } from '../../contract/settings.ts'
import { claimChosen } from '../../promises/services/choice.ts'
import { fakeTopology } from './fake.ts'

const ports = { tcp: 1, udp: 2, http: 3 }
const planned = (): V1Pod =>
  podManifest(
    {
      ...{ name: 'p', namespace: 'ns', init: 'first' },
      ...{ containers: [{ name: 'app', ports }], sidecar: { name: 'side', ports } },
    },
    { run: 'r', image: 'i', pods: Settings.parse({}).pods },
  )

describe('what a cluster changes when it admits an object', () => {
  it('is a container that flatnet did not plan and that may redirect packets', async () => {
    const topology = fakeTopology(1)
    const pods = topology.pods.slice(0, 1)
    const ask = (pod: V1Pod) => {
      const items = [{ ...pod, metadata: { ...pod.metadata, uid: pods[0]?.uid ?? '' } }]
      const api = {
        core: { listNamespacedPod: async () => ({ items }), readNode: async () => ({}) },
      } as unknown as KubeApi
      return mishapOf(api, topology.run, pods)
    }
    assert.equal(await ask(planned()), undefined)
    for (const place of ['containers', 'initContainers'] as const) {
      const pod = planned()
      pod.spec?.[place]?.push({ name: 'logs', image: 'shipper' })
      assert.equal(await ask(pod), undefined)
      pod.spec?.[place]?.push({
        name: 'redirect',
        image: 'mesh',
        securityContext: { capabilities: { add: ['NET_ADMIN'] } },
      })
      assert.match((await ask(pod)) ?? '', /webhook .* has put container redirect into pod /)
    }
  })

  it('is no report of an init container', () => {
    const pod = planned()
    pod.spec?.initContainers?.unshift({ name: 'proxy-init', image: 'mesh' })
    const state = (name: string, message: string) =>
      ({ name, state: { terminated: { exitCode: 0, message } } }) as never
    pod.status = { initContainerStatuses: [state('proxy-init', 'no JSON'), state('first', '{}')] }
    assert.deepEqual(initReports(pod), [{ container: 'first', message: '{}' }])
  })

  it('is the choice of the backends of a Service', () => {
    const asked = { ports: [], sessionAffinity: 'ClientIP' }
    const plain = { ...asked, internalTrafficPolicy: 'Cluster' }
    const made = (spec: object, annotations?: Record<string, string>): V1Service => ({
      metadata: { name: 's', ...(annotations && { annotations }) },
      spec: { ...plain, ...spec },
    })
    assert.equal(rewrittenOf(made({}), asked), undefined)
    assert.equal(rewrittenOf(made({ trafficDistribution: 'PreferClose' }), asked), 'trafficDistribution PreferClose')
    assert.equal(rewrittenOf(made({ internalTrafficPolicy: 'Local' }), asked), 'internalTrafficPolicy Local')
    assert.equal(rewrittenOf(made({ sessionAffinity: 'None' }), asked), 'sessionAffinity None')
    assert.equal(rewrittenOf(made({}), { ...asked, trafficDistribution: 'PreferClose' }), 'trafficDistribution none')
    const annotation = { 'service.kubernetes.io/topology-mode': 'Auto' }
    assert.equal(rewrittenOf(made({}, annotation), asked), 'annotation service.kubernetes.io/topology-mode: Auto')
  })

  it('refuses an address by a policy, which is no broken promise', () => {
    const refused = (words: string) => () =>
      claimChosen({ asked: '10.0.0.9', free: true, reply: { code: 422, words }, got: () => '', clients: () => [] })
    assert.throws(refused("ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no"), { name: 'Trouble' })
    assert.throws(refused('spec.clusterIPs: failed to allocate IP'), { name: 'NonConformance' })
  })
})
