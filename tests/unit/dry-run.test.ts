import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiException } from '@kubernetes/client-node'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { mayUseHostNetwork, mayUseHostPorts } from '../../cluster/site/capabilities.ts'
import { Settings } from '../../contract/settings.ts'

const { pods, probeImage: image } = Settings.parse({})

/** What is found out with an API that answers like this. */
async function found(code: number, message: string) {
  const createNamespacedPod = () => Promise.reject(new ApiException(code, message, JSON.stringify({ message }), {}))
  const api = { core: { createNamespacedPod } } as unknown as KubeApi
  return Promise.all([mayUseHostNetwork, mayUseHostPorts].map((ask) => ask(api, 'n', { run: 'r', image, pods })))
}

describe('what is tried without creating it', () => {
  const cases: [string, number, string][] = [
    ['is not there under a webhook that has side effects', 400, 'admission webhook "x" does not support dry run'],
    ['is not there where it is refused', 403, 'violates PodSecurity "baseline:latest": host namespaces'],
  ]
  for (const [name, code, message] of cases)
    it(name, async () => {
      for (const capability of await found(code, message))
        assert.ok(!capability.has && capability.because.endsWith(`are not admitted: ${message}`))
    })

  it('ends the run where the API breaks down', () => assert.rejects(found(500, 'etcd is gone')))
})
