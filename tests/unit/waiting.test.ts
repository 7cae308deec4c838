import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { type Collection, keepWatching, untilSeen } from '../../cluster/kube/watch.ts'
import { Settings } from '../../contract/settings.ts'
import { eventually, limitOf, paceOf, tooSlow, untilPropagated } from '../../contract/waiting.ts'

const limits = { propagate: 300, patience: 500 }

/** Looks that find something where `when` says so, by the milliseconds from the start and by how many looks came before. */
function looks(when: (begun: number, before: number) => boolean) {
  const begins: number[] = []
  const look = async (begun: number) => {
    begins.push(begun)
    return when(begun, begins.length - 1) ? 'found' : undefined
  }
  return { look, begins }
}

describe('the one place that tells slow from stuck', () => {
  it('calls a change in time that is found within limits.propagate, and looks no more', async () => {
    const { look, begins } = looks((_, before) => before === 1)
    const pace = await paceOf({ limits, look })
    assert.deepEqual(pace, { is: 'in time', found: 'found', ms: begins[1] })
    assert.equal(begins.length, 2)
  })

  it('goes by the begin of a look, however long it takes', async () => {
    const { is } = await paceOf({
      limits: { propagate: 20, patience: 20 },
      look: () => delay(150, 'found'),
    })
    assert.equal(is, 'in time')
  })

  it('calls a change slow that is found later, and again by the next look', async () => {
    const { look, begins } = looks((begun) => begun > 400)
    const pace = await paceOf({ limits, look })
    assert.deepEqual(pace, { is: 'slow', found: 'found', ms: begins.at(-2) })
    assert.ok(pace.ms > 400 && pace.ms < 800, `${pace.ms} ms`)
  })

  it('calls a change stuck that is found once, so late, and not again', async () => {
    let lucky = false
    const { look, begins } = looks((begun) => {
      if (begun <= 400 || lucky) return false
      lucky = true
      return true
    })
    const { is, ms } = await paceOf({ limits, look })
    assert.deepEqual([is, ms], ['stuck', begins.at(-2)])
  })

  it('calls a change stuck that no look finds, and looks once after the whole time', async () => {
    const { look, begins } = looks(() => false)
    const { is, ms } = await paceOf({ limits, look })
    assert.deepEqual([is, ms], ['stuck', begins.at(-1)])
    assert.ok(ms > 800 && (begins.at(-2) ?? 0) <= 800, `${begins.slice(-2)} ms`)
  })

  it('allows an old answer its age, as it becomes known', async () => {
    let age = 0
    const { look } = looks((begun) => {
      age = 400
      return begun > 500
    })
    assert.equal((await paceOf({ limits, stale: () => age, look })).is, 'in time')
  })
})

describe('waiting for a change', () => {
  const change = { what: 'Service web led every client to a backend', by: 'The service proxy', limits }

  it('gives what was found, and nothing where the change is stuck', async () => {
    assert.equal(await untilPropagated({ ...change, look: looks(() => true).look }), 'found')
    assert.equal(await untilPropagated({ ...change, look: looks(() => false).look }), undefined)
  })

  it('is no verdict where the change is slow: its sentence names the limit and what to do', () =>
    assert.rejects(untilPropagated({ ...change, look: looks((begun) => begun > 400).look }), {
      name: 'Trouble',
      message:
        /^Service web led every client to a backend only after 0\.\d s, later than limits\.propagate \(0\.3 s\)\. The service proxy is slow, so this row is inconclusive\. Raise limits\.propagate to accept it\.$/,
    }))

  it('names the TTL of an old answer in addition to the limit', () =>
    assert.match(
      tooSlow(change, 40_000, { propagate: 30_000 }, 5_000).message,
      /limits\.propagate \(30 s\) and a TTL of 5 s\./,
    ))

  it('ends at once with an error of a look', () =>
    assert.rejects(untilPropagated({ ...change, look: () => Promise.reject(new Error('no probe')) }), /no probe/))

  it('without a verdict has a limit alone', async () => {
    assert.equal(await eventually(50, looks((_, before) => before === 1).look), 'found')
    assert.equal(await eventually(50, looks(() => false).look), undefined)
  })
})

interface Thing {
  metadata: { uid: string }
}
const thing = (uid: string): Thing => ({ metadata: { uid } })

/** An API that lists `things`, and sends these events one after the other to each watch. */
function apiWith(things: Thing[], events: [string, Thing][]) {
  const asked = { lists: 0, watches: 0, aborted: 0 }
  const watch = async (_path: string, _query: object, take: (type: string, item: Thing) => void) => {
    asked.watches += 1
    setImmediate(() => {
      for (const event of events) take(...event)
    })
    return { abort: () => (asked.aborted += 1) }
  }
  const api = { note: () => {}, watches: { watch } } as unknown as KubeApi
  const list = async () => {
    asked.lists += 1
    return { items: things, metadata: { resourceVersion: '7' } }
  }
  return { api, asked, collection: { path: '/things', selector: {}, list } satisfies Collection<Thing> }
}

describe('watching the API', () => {
  const limit = limitOf(Settings.parse({ limits: { pod: 200 } }).limits, 'pod')
  const has = (uid: string) => (all: Thing[]) => all.some(({ metadata }) => metadata.uid === uid) || undefined
  const late = 'pod b did not run'

  it('is not begun where the list is enough', async () => {
    const { api, asked, collection } = apiWith([thing('a')], [])
    assert.equal(await untilSeen(api, collection, { late, limit, done: has('a') }), true)
    assert.deepEqual(asked, { lists: 1, watches: 0, aborted: 0 })
  })

  it('ends with the change that was waited for', async () => {
    const { api, asked, collection } = apiWith([thing('a')], [['ADDED', thing('b')]])
    assert.equal(await untilSeen(api, collection, { late, limit, done: has('b') }), true)
    assert.deepEqual(asked, { lists: 1, watches: 1, aborted: 1 })
  })

  it('says what is late, how far it came, and which limit it is', () => {
    const { api, collection } = apiWith([thing('a')], [])
    const wait = { late, limit, done: has('b'), lag: (all: Thing[]) => `there are ${all.length}` }
    return assert.rejects(untilSeen(api, collection, wait), {
      name: 'Trouble',
      message: 'pod b did not run within limits.pod (0.2 s): there are 1. Raise limits.pod to wait longer.',
    })
  })

  it('shows everything at every change until it is stopped', async () => {
    const events: [string, Thing][] = [
      ['ADDED', thing('b')],
      ['DELETED', thing('a')],
      ['BOOKMARK', thing('')],
    ]
    const { api, asked, collection } = apiWith([thing('a')], events)
    const seen: string[] = []
    const { begun, stop } = keepWatching(api, collection, (all) => {
      seen.push(all.map(({ metadata }) => metadata.uid).join())
    })
    await begun
    assert.deepEqual(seen, ['a'])
    await eventually(1_000, async () => asked.lists > 1 || undefined)
    await stop()
    assert.deepEqual(seen.slice(0, 4), ['a', 'a,b', 'b', 'a'], 'after an unknown event the list is read again')
    assert.equal(asked.aborted, asked.watches)
  })
})
