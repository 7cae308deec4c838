import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { runConcurrently } from '../../suite/concurrent.ts'

describe('scenarios side by side', () => {
  it('are as many at once as the settings say, besides those that only wait, and all of them are run', async () => {
    runConcurrently()
    const { InProcessAdapter } = createRequire(import.meta.url)('@cucumber/cucumber/lib/runtime/serial/adapter')
    let now = 0
    let most = 0
    const run: number[] = []
    const testCase = (n: number, tag = '') => ({ n, pickle: { tags: tag ? [{ name: tag }] : [] } })
    const adapter = Object.create(InProcessAdapter.prototype)
    adapter.executor = {
      options: { worldParameters: { settings: { parallel: 3 } } },
      runTestCase: async ({ n, pickle: { tags } }: ReturnType<typeof testCase>) => {
        run.push(n)
        if (tags.length > 0) await rest.promise
        else {
          most = Math.max(most, ++now)
          await delay(5)
          now -= 1
          if (run.length === 9) rest.resolve()
        }
        return n !== 2
      },
    }
    const rest = Promise.withResolvers<void>()
    const resting = [testCase(8, '@rests'), testCase(9, '@rests')]
    const all = [...resting, ...[1, 2, 3, 4, 5, 6, 7].map((n) => testCase(n))]
    assert.equal(await adapter.runTestCases(all), false, 'one of them failed')
    assert.deepEqual(run.sort(), [1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert.equal(most, 3)
  })
})
