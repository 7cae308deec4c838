import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { componentsOf } from '../../cluster/site/components.ts'

const containers = (image: string) => [{ name: 'c', image }]
const set = (name: string, image: string) => ({
  metadata: { name },
  spec: { template: { spec: { containers: containers(image) } } },
})
const api = (sets: object[] | Error, pods: object[] | Error) => {
  const give = async (items: object[] | Error) => {
    if (items instanceof Error) throw items
    return { items }
  }
  return {
    apps: { listDaemonSetForAllNamespaces: () => give(sets) },
    core: { listNamespacedPod: () => give(pods) },
  } as unknown as KubeApi
}

describe('the programs of a cluster’s network', () => {
  it('are named with their images and versions', async () => {
    const sets = [
      set('kube-flannel-ds', 'ghcr.example:5000/flannel:v0.28.0@sha256:0abc'),
      set('kube-proxy', 'registry.example/kube-proxy:v1.36.3'),
    ]
    const dns = [{ spec: { containers: containers('registry.example/coredns/coredns') } }]
    assert.deepEqual(await componentsOf(api(sets, dns)), {
      cni: 'flannel',
      usesPodCIDRs: false,
      images: {
        cni: { image: 'ghcr.example:5000/flannel:v0.28.0@sha256:0abc', version: 'v0.28.0' },
        proxy: { image: 'registry.example/kube-proxy:v1.36.3', version: 'v1.36.3' },
        dns: { image: 'registry.example/coredns/coredns' },
      },
    })
  })

  it('are left out where they are not known or may not be read', async () => {
    const forbidden = new Error('forbidden')
    assert.deepEqual(await componentsOf(api(forbidden, forbidden)), { cni: 'unknown', usesPodCIDRs: false, images: {} })
    assert.deepEqual(await componentsOf(api([set('fluentd', 'x:1')], [])), {
      cni: 'unknown',
      usesPodCIDRs: false,
      images: {},
    })
  })
  const args = (name: string, ...words: string[]) => ({
    metadata: { name },
    spec: { template: { spec: { containers: [{ name: 'c', args: words }] } } },
  })
  const cases: [string, object[], boolean][] = [
    ['are from podCIDRs by kindnet', [args('kindnet')], true],
    [
      'are from podCIDRs by flannel that asks the API',
      [args('kube-flannel-ds', '--ip-masq', '--kube-subnet-mgr')],
      true,
    ],
    ['are not known by flannel that has a store of its own', [args('kube-flannel-ds', '--ip-masq')], false],
    ['are not known by a program whose name has the word flannel', [args('flannel-exporter', '--listen=:9')], false],
    [
      'are not known where another plug-in is there too',
      [args('kube-flannel-ds', '--kube-subnet-mgr'), args('calico-node')],
      false,
    ],
    ['are not known by kube-router for policies alone', [args('kube-router', '--run-router=false')], false],
    ['are not known by any other plug-in', [args('cilium')], false],
  ]
  for (const [name, sets, uses] of cases)
    it(`${name}: addresses of pods`, async () => assert.equal((await componentsOf(api(sets, []))).usesPodCIDRs, uses))
})
