import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1Container } from '@kubernetes/client-node'
import { podManifest, portsOf } from '../../cluster/pods/plan.ts'
import { Settings } from '../../contract/settings.ts'

const { pods, probeImage: image } = Settings.parse({})
const serving = (name: string, n: number) => ({ name, ports: portsOf(n) })

describe('the manifest of a probe pod', () => {
  const plan = { name: 'p', namespace: 'n', init: 'init', sidecar: serving('sidecar', 2) }
  const { spec } = podManifest(
    { ...plan, containers: [serving('app', 0), serving('sibling', 1)] },
    { run: 'r', image, pods },
  )
  const all: V1Container[] = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]

  it('asks for a read-only root, and for a writable folder of each container’s own', () => {
    assert.deepEqual(
      all.map(({ name }) => name),
      ['init', 'sidecar', 'app', 'sibling'],
    )
    const folders = all.map(({ volumeMounts = [] }) => volumeMounts.find(({ mountPath }) => mountPath === '/tmp')?.name)
    assert.equal(new Set(folders).size, all.length)
    for (const [i, { securityContext }] of all.entries()) {
      assert.equal(securityContext?.readOnlyRootFilesystem, true)
      assert.deepEqual(spec?.volumes?.find(({ name }) => name === folders[i])?.emptyDir, {})
    }
  })
})
