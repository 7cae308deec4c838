import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { added, deadline } from '../../probe/deadline.ts'
import { watchStarvation } from '../../probe/starved.ts'

const WAIT_MS = 1_000

/** Keeps this process from doing anything else. */
function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

describe('a deadline', () => {
  it('is put off by the time in which the process could do nothing, once', async () => {
    watchStarvation()
    await delay(250)
    const late = Promise.withResolvers<number>()
    const started = performance.now()
    deadline(WAIT_MS, () => late.resolve(performance.now() - started))
    await delay(200)
    block(500)
    const took = await late.promise
    assert.ok(took >= WAIT_MS + 350, `${took} ms`)
    assert.ok(added(WAIT_MS) <= WAIT_MS)
  })

  it('can be cancelled, also after it was put off', async () => {
    let called = false
    const off = deadline(100, () => {
      called = true
    })
    block(150)
    await delay(60)
    off()
    await delay(300)
    assert.equal(called, false)
  })
})
