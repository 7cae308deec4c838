import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { lend } from '../../cluster/streams/probe-client.ts'
import { goesOn, longWaits } from '../../contract/long-waits.ts'
import { runConcurrently } from '../../suite/concurrent.ts'
import { govern, moreFor, nextOf, TURNS_LEFT } from '../../suite/governor.ts'
import { Turns } from '../../suite/turns.ts'
import { fakeTopology } from './fake.ts'

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

  it('become more while the probes have CPU, and fewer while they have none', () => {
    assert.deepEqual(
      [0, 0.59, 0.7, 0.76, 3].map((starved) => nextOf(8, starved, 12)),
      [9, 9, 8, 7, 7],
    )
    assert.equal(nextOf(12, 0, 12), 12, 'no more than are allowed')
    assert.equal(nextOf(4, 1, 12), 4, 'and a few always')
    assert.equal(nextOf(2, 1, 2), 2)
  })

  it('are adapted to what the probes say, until the scenarios have ended', async () => {
    const topology = fakeTopology(2)
    const limit = { concurrency: 6 }
    const ended = new AbortController()
    const seen: number[] = []
    const answers = [0, 0, 0.6, 0.8, 1, 1]
    const ask = async (_probe: unknown, _op: unknown, { ms }: { ms: number }) => {
      seen.push(limit.concurrency)
      const share = answers.shift() ?? 0.5
      if (answers.length === 0) ended.abort()
      return share * ms
    }
    const giveBack = lend(topology.run, { streams: { ask } } as never)
    await govern(topology, limit, ended.signal, 1)
    giveBack()
    assert.deepEqual(seen, [6, 6, 7, 7, 7, 7], 'two probes are asked each time')
    assert.equal(limit.concurrency, 6)
  })

  it('are more while some only wait for what a dead path hides, as long as the probes hardly wait', () => {
    const waits = [{}, {}, {}]
    for (const wait of [...waits, ...waits]) goesOn(wait)
    assert.equal(longWaits(), 3)
    assert.equal(moreFor(3, 0.3, 12), 3)
    assert.equal(moreFor(300, 0.3, 12), 12 * TURNS_LEFT)
    assert.equal(moreFor(3, 0.5, 12), 0)
  })

  it('are a third of one group at most while others wait', async () => {
    const turns = new Turns(4)
    const begun: string[] = []
    const ends = new Map<string, () => void>()
    const take = (name: string, group?: string) =>
      turns.take(group, async () => {
        begun.push(name)
        const { promise, resolve } = Promise.withResolvers<void>()
        ends.set(name, resolve)
        await promise
        if (name === 'p1') throw new Error('broken')
        return name
      })
    const end = async (name: string) => {
      ends.get(name)?.()
      await delay(1)
      return begun.join(' ')
    }
    const blocked = [take('a'), take('b'), take('c'), take('d')]
    const first = take('p1', 'p').catch(() => 'failed')
    const all = [
      first,
      ...['p2', 'p3', 'p4'].map((name) => take(name, 'p')),
      ...['e', 'f', 'g'].map((name) => take(name)),
    ]
    await delay(1)
    assert.equal(await end('a'), 'a b c d p1')
    assert.equal(await end('b'), 'a b c d p1 p2')
    assert.equal(await end('c'), 'a b c d p1 p2 e', 'its group has a third of the turns, and more would be too many')
    assert.equal(await end('p1'), 'a b c d p1 p2 e p3', 'a turn is given back after a failure as well')
    assert.equal(await end('d'), 'a b c d p1 p2 e p3 f')
    turns.concurrency = 6
    await delay(1)
    assert.equal(begun.join(' '), 'a b c d p1 p2 e p3 f g p4', 'the other goes first')
    for (const name of ['p2', 'e', 'p3', 'f', 'g', 'p4']) await end(name)
    assert.deepEqual(await Promise.all([...blocked, ...all]), 'a b c d failed p2 p3 p4 e f g'.split(' '))
    assert.equal(begun.length, 11)
  })

  it('use every turn where all that wait are of one group', async () => {
    const turns = new Turns(4)
    let now = 0
    let most = 0
    const task = async () => {
      most = Math.max(most, ++now)
      await delay(2)
      now -= 1
    }
    await Promise.all(Array.from({ length: 9 }, () => turns.take('p', task)))
    assert.equal(most, 4)
  })
})
