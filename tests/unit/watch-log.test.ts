import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { listen } from '../../probe/serve/listen.ts'
import { tcpServer } from '../../probe/serve/tcp.ts'
import { udpServer } from '../../probe/serve/udp.ts'
import { WatchLog } from '../../probe/watch/log.ts'
import type { Watched, WatchFlow, WatchKind } from '../../probe/watch/types.ts'
import { Watcher } from '../../probe/watch/watcher.ts'

const flow = { flow: 'service, TCP new', is: 'dark' } as const

describe('the log of a probe', () => {
  it('joins failures in a row until they are fetched, and says when they are over', () => {
    const log = new WatchLog()
    for (const at of [0, 100, 200]) log.add(flow, at, at + 100, 'timeout')
    const [first] = log.after(0).events
    assert.deepEqual(first, { seq: 1, ...flow, from: 0, to: 300, counts: { timeout: 3 } })
    log.add(flow, 300, 400, 'refused')
    log.end(flow, 420)
    const { events } = log.after(1)
    const [second] = events
    assert.deepEqual(events.length, 1)
    assert.deepEqual([second?.from, second?.to, second?.continues, second?.over], [300, 420, true, true])
    assert.deepEqual(second?.counts, { refused: 1 })
  })

  it('gives the same again while the reader has not got it, and forgets what it has', () => {
    const log = new WatchLog()
    log.add(flow, 0, 100, 'timeout')
    assert.deepEqual(log.after(0), log.after(0))
    assert.deepEqual(log.after(1).events, [])
  })

  it('is bounded, and says what it forgot', () => {
    const log = new WatchLog()
    for (let n = 0; n < 4_100; n++) {
      log.add({ flow: `${n}`, is: 'dark' }, n, n + 1, 'timeout')
      log.end({ flow: `${n}`, is: 'dark' }, n + 1)
    }
    assert.equal(log.after(0).events.length, 4_000)
    assert.equal(log.lost, 100)
  })
})

describe('a probe that watches', () => {
  const identity = { uid: 'here', pod: 'here', container: 'app', node: 'node-1' }
  const server = tcpServer(identity, () => {})
  let udp: Awaited<ReturnType<typeof udpServer>>
  let ports: { tcp: number; udp: number; closed: number }
  before(async () => {
    udp = await udpServer(identity, ['127.0.0.1'], 0, false, () => {})
    const other = createServer()
    const closed = await listen(other, 0)
    other.close()
    ports = { tcp: await listen(server, 0), udp: udp[0]?.address().port ?? 0, closed }
  })
  after(() => {
    server.close()
    for (const socket of udp) socket.close()
  })

  const to = (kind: WatchKind, port: number, more: Partial<WatchFlow> = {}): WatchFlow => ({
    ...{ id: `service, ${kind}`, kind, host: '127.0.0.1', port, everyMs: 20 },
    ...more,
  })

  async function watched(flows: WatchFlow[], sources = ['127.0.0.1']): Promise<Watched> {
    const watcher = new Watcher()
    watcher.follow({ sources, flows, self: { host: '127.0.0.1', port: ports.udp, everyMs: 20 } })
    const isDone = ({ tallies, events }: Watched) =>
      Object.values(tallies).every(({ answered }) => answered > 5) || events.length > 0
    const end = performance.now() + 10_000
    let report = watcher.report(0, '')
    while (!isDone(report) && performance.now() < end) {
      await delay(20)
      report = watcher.report(0, '')
    }
    watcher.follow({ sources: [], flows: [], self: { host: '', port: 0, everyMs: 0 } })
    return report
  }

  for (const kind of ['TCP kept', 'TCP new', 'UDP kept', 'UDP new'] as const)
    it(`repeats a conversation by itself: ${kind}`, async () => {
      const port = kind.startsWith('TCP') ? ports.tcp : ports.udp
      const { tallies, events, durations } = await watched([to(kind, port, { uid: 'here' })])
      assert.ok((tallies[`service, ${kind}`]?.answered ?? 0) > 5)
      assert.deepEqual(events, [])
      assert.ok((durations[kind]?.classes.reduce((sum, n) => sum + n, 0) ?? 0) > 5)
    })

  it('tells a refusal, another server, and an address that is not the client’s', async () => {
    const counts = async (flow: WatchFlow, sources?: string[]) => (await watched([flow], sources)).events[0]?.counts
    assert.ok((await counts(to('TCP new', ports.closed)))?.refused)
    assert.ok((await counts(to('UDP new', ports.udp, { uid: 'somebody else' })))?.foreign)
    assert.ok((await counts(to('TCP new', ports.tcp, { uid: 'here' }), ['10.0.0.1']))?.translated)
  })

  it('notes that an established connection has ended', async () => {
    const watcher = new Watcher()
    const mortal = tcpServer(identity, () => {})
    const sockets = new Set<{ destroy: () => void }>()
    mortal.on('connection', (socket) => sockets.add(socket))
    const kept = to('TCP kept', await listen(mortal, 0))
    watcher.follow({ sources: ['127.0.0.1'], flows: [kept], self: { host: '127.0.0.1', port: ports.udp, everyMs: 20 } })
    const until = async (is: (report: Watched) => boolean) => {
      for (const end = performance.now() + 10_000; !is(watcher.report(0, '')); await delay(20))
        assert.ok(performance.now() < end, JSON.stringify(watcher.report(0, '')))
    }
    await until(({ tallies }) => (tallies[kept.id]?.answered ?? 0) > 3)
    for (const socket of sockets) socket.destroy()
    await until(({ events }) => events.some(({ counts, over }) => counts.died === 1 && over === true))
    watcher.follow({ sources: [], flows: [], self: { host: '', port: 0, everyMs: 0 } })
    mortal.close()
  })
})
