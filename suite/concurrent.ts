import { createRequire } from 'node:module'
import type { Pickle } from '@cucumber/messages'
import type { Topology } from '../contract/topology.ts'
import { firstOf, govern, TURNS_LEFT } from './governor.ts'
import { groupOf, rests } from './order.ts'
import { Turns } from './turns.ts'

/** The part of cucumber's adapter for one thread that is used here. */
interface Adapter {
  executor: {
    options: { worldParameters: Topology }
    runTestCase(testCase: TestCase, failing: boolean): Promise<boolean>
  }
  runTestCases(testCases: readonly TestCase[]): Promise<boolean>
}

interface TestCase {
  pickle: Pickle
}

/**
 * Lets cucumber run up to `settings.parallel` scenarios at the same time in this thread. Most of them wait most of the time, and
 * several threads would each load everything again (docs/decisions/0010). Those that only wait are not counted.
 * @throws Error if this version of cucumber has another internal structure.
 */
export function runConcurrently(): void {
  const require = createRequire(import.meta.url)
  const { InProcessAdapter } = require('@cucumber/cucumber/lib/runtime/serial/adapter') as {
    InProcessAdapter?: { prototype: Partial<Adapter> }
  }
  const { Executor } = require('@cucumber/cucumber/lib/runtime/executor') as {
    Executor?: { prototype: Partial<Adapter['executor']> }
  }
  if (!InProcessAdapter?.prototype.runTestCases || !Executor?.prototype.runTestCase)
    throw new Error('flatnet does not work with this version of cucumber; it needs the version in its package.json')
  InProcessAdapter.prototype.runTestCases = async function (this: Adapter, testCases) {
    const { executor } = this
    const topology = executor.options.worldParameters
    const { parallel } = topology.settings
    // Each step listens for uncaught exceptions while it runs.
    const atOnce = (1 + TURNS_LEFT) * parallel + testCases.filter(({ pickle }) => rests(pickle)).length
    process.setMaxListeners(Math.max(process.getMaxListeners(), 10 + atOnce))
    const turns = new Turns(firstOf(parallel))
    const ended = new AbortController()
    // Not awaited: at the end nobody needs the last answers of the probes.
    void govern(topology, turns, ended.signal)
    const run = (each: TestCase) => executor.runTestCase(each, false)
    try {
      const kept = await Promise.all(
        testCases.map((each) => (rests(each.pickle) ? run(each) : turns.take(groupOf(each.pickle), () => run(each)))),
      )
      return kept.every(Boolean)
    } finally {
      ended.abort()
    }
  }
}
