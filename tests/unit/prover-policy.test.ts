import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Settings } from '../../contract/settings.ts'
import { limitsUnderFault, worldsFor } from '../../prover/policy.ts'

describe('the limits under a fault', () => {
  it('are short', () => {
    const { limits } = Settings.parse({})
    const short = limitsUnderFault({ limits })
    assert.ok(short.dial < limits.dial && short.propagate < limits.propagate && short.patience < limits.patience)
    assert.equal(short.pod, limits.pod)
  })

  it('are the user’s where these are set', () => {
    assert.equal(limitsUnderFault(Settings.parse({ limits: { dial: 9_000 } })).dial, 9_000)
  })
})

describe('the number of worlds', () => {
  const big = { cores: 8, freeBytes: 64e9 }

  it('is that of the cores, the memory or the faults, whichever is smallest', () => {
    assert.equal(worldsFor({ cluster: 'reference' }, 50, big), 8)
    assert.equal(worldsFor({ cluster: 'reference' }, 3, big), 3)
    assert.equal(worldsFor({ cluster: 'reference' }, 50, { ...big, freeBytes: 2e9 }), 2)
    assert.equal(worldsFor({ cluster: 'reference' }, 50, { ...big, freeBytes: 0 }), 1)
  })

  it('is one on a cluster of another kind', () => {
    assert.equal(worldsFor({ cluster: 'kind' }, 50, big), 1)
    assert.equal(worldsFor({ cluster: 'current' }, 50, big), 1)
  })
})
