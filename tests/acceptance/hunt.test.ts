import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { hunt, isFalse, lineOf } from '../hunt/hunt.ts'
import { drawWorld } from '../hunt/world.ts'

const skip = (await preflight()) ?? false

/** Worlds of few nodes that are disturbed. `npm run hunt` draws others. */
const SEEDS = [30, 183]

describe('the suite says no false word about a healthy world', { skip }, () => {
  for (const seed of SEEDS) {
    const world = drawWorld(seed)
    it(`of ${world.nodes} nodes, ${world.ipFamily}, with ${world.disturbances.join(' and ')}`, async (t) => {
      const found = await hunt(world, ['--profile', 'core'])
      t.diagnostic(lineOf(found))
      assert.deepEqual(found.because, [], found.outcome.stdout)
      assert.ok(!isFalse(found), found.outcome.stdout + found.outcome.stderr)
    })
  }
})
