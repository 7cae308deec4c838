import { createRequire } from 'node:module'
import pLimit from 'p-limit'
import type { Topology } from '../contract/topology.ts'

/** As much of cucumber's adapter for one thread as is used here. */
interface Adapter<TestCase> {
  executor: {
    options: { worldParameters: Topology }
    runTestCase(testCase: TestCase, failing: boolean): Promise<boolean>
  }
  runTestCases(testCases: readonly TestCase[]): Promise<boolean>
}

/**
 * Lets cucumber run scenarios side by side in this thread, as many as `settings.parallel` says: most of them wait most of the time,
 * and a thread for each would load everything again (docs/decisions/0010).
 * @throws Error where this version of cucumber is another one inside.
 */
export function runConcurrently(): void {
  const require = createRequire(import.meta.url)
  const { InProcessAdapter } = require('@cucumber/cucumber/lib/runtime/serial/adapter') as {
    InProcessAdapter?: { prototype: Partial<Adapter<unknown>> }
  }
  const { Executor } = require('@cucumber/cucumber/lib/runtime/executor') as {
    Executor?: { prototype: Partial<Adapter<unknown>['executor']> }
  }
  if (!InProcessAdapter?.prototype.runTestCases || !Executor?.prototype.runTestCase)
    throw new Error('this version of cucumber runs its scenarios in another way; flatnet needs the one that it pins')
  InProcessAdapter.prototype.runTestCases = async function (this: Adapter<unknown>, testCases) {
    const { executor } = this
    const { parallel } = executor.options.worldParameters.settings
    // Each step listens for uncaught exceptions while it runs.
    process.setMaxListeners(Math.max(process.getMaxListeners(), 10 + parallel))
    const limit = pLimit(parallel)
    const kept = await Promise.all(testCases.map((each) => limit(() => executor.runTestCase(each, false))))
    return kept.every(Boolean)
  }
}
