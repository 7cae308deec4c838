import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chiSquare, chiSquareTail, triesToCatch, triesToMeet, triesToWeigh } from '../../fixtures/statistics.ts'

/** A small generator with a seed, so that the test always draws the same. */
function draw(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** Draws among backends by weight. */
function counts(weights: readonly number[], tries: number, random: () => number): number[] {
  const total = weights.reduce((sum, w) => sum + w, 0)
  const found = weights.map(() => 0)
  for (let i = 0; i < tries; i++) {
    let rest = random() * total
    const index = weights.findIndex((weight) => {
      rest -= weight
      return rest < 0
    })
    found[index] = (found[index] ?? 0) + 1
  }
  return found
}

describe('how many conversations are enough', () => {
  it('is known for a leak, and for meeting every backend', () => {
    assert.equal(triesToCatch(0.01), 1375)
    assert.equal(triesToMeet(2, 2), 22)
    for (const n of [2, 3, 5, 10]) {
      const tries = triesToMeet(n, n)
      assert.ok(n * n * (1 - 1 / n) ** tries < 1e-6, `${n}`)
      assert.ok(n * n * (1 - 1 / n) ** (tries - 2) > 1e-6, `${n}`)
    }
  })
})

describe('the tail of chi-square', () => {
  it('has the values of the tables', () => {
    const near = (p: number, wanted: number) => assert.ok(Math.abs(p / wanted - 1) < 1e-3, `${p} is not ${wanted}`)
    near(chiSquareTail(3.841459, 1), 0.05)
    near(chiSquareTail(5.991465, 2), 0.05)
    near(chiSquareTail(7.814728, 3), 0.05)
    near(chiSquareTail(18.467, 4), 0.001)
    near(chiSquareTail(20.515, 5), 0.001)
    near(chiSquareTail(23.92813, 1), 1e-6)
    near(chiSquareTail(27.63102, 2), 1e-6)
    assert.equal(chiSquareTail(0, 3), 1)
  })
})

describe('weights', () => {
  it('that are even pass, and one that is doubled never does', () => {
    const random = draw(7)
    for (const n of [2, 3, 5, 8]) {
      const tries = triesToWeigh(n)
      for (let i = 0; i < 50; i++) {
        const even = counts(Array<number>(n).fill(1), tries, random)
        assert.ok(chiSquareTail(chiSquare(even), n - 1) > 1e-6, `even: ${even}`)
        const heavy = counts([2, ...Array<number>(n - 1).fill(1)], tries, random)
        assert.ok(chiSquareTail(chiSquare(heavy), n - 1) < 1e-6 / 6, `one of ${n} doubled: ${heavy}`)
      }
    }
  })
})
