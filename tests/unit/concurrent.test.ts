import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { runConcurrently } from '../../suite/concurrent.ts'

describe('scenarios side by side', () => {
  it('are as many at once as the settings say, and all of them are run', async () => {
    runConcurrently()
    const { InProcessAdapter } = createRequire(import.meta.url)('@cucumber/cucumber/lib/runtime/serial/adapter')
    let now = 0
    let most = 0
    const run: number[] = []
    const adapter = Object.create(InProcessAdapter.prototype)
    adapter.executor = {
      options: { worldParameters: { settings: { parallel: 3 } } },
      runTestCase: async (n: number) => {
        most = Math.max(most, ++now)
        await delay(5)
        now -= 1
        run.push(n)
        return n !== 2
      },
    }
    assert.equal(await adapter.runTestCases([1, 2, 3, 4, 5, 6, 7]), false, 'one of them failed')
    assert.deepEqual(run.sort(), [1, 2, 3, 4, 5, 6, 7])
    assert.equal(most, 3)
  })
})
