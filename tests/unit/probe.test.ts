import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { RELAY } from '../../cluster/streams/shell-relay.ts'
import { ownAddresses } from '../../probe/address.ts'
import { dialHttp } from '../../probe/dial/http.ts'
import { KeptConnection } from '../../probe/dial/kept-tcp.ts'
import { KeptPort } from '../../probe/dial/kept-udp.ts'
import { localPortOf } from '../../probe/dial/local-port.ts'
import { beginVirtual, endVirtual, isRemembered, sharesPort } from '../../probe/dial/shared-port.ts'
import { dialTcp } from '../../probe/dial/tcp.ts'
import { digestOf } from '../../probe/payload.ts'
import type { Dial, Group, Lookup, Outcome, Ports, Seen } from '../../probe/protocol.ts'
import { bytesOf } from '../../probe/size.ts'

const program = new URL('../../probe/main.ts', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'flatnet-'))
const env = { ...process.env, TMPDIR: folder, POD_UID: 'u1', POD_NAME: 'p1', CONTAINER: 'app', NODE_NAME: 'n1' }

let server: ChildProcess
let attached: ChildProcess
const waiting = new Map<number, (answer: unknown) => void>()
let next = 1

/** Asks the attached probe, as the runner does. */
const ask = <T>(op: string, body: unknown): Promise<T> => {
  const id = next++
  attached.stdin?.write(`${JSON.stringify({ id, op, ask: body })}\n`)
  return new Promise((resolve) => waiting.set(id, (answer) => resolve(answer as T)))
}

const dial = async (more: Partial<Dial>): Promise<Outcome> => {
  const one = { protocol: 'TCP', host: '127.0.0.1', port: 0, deadline: 2000, ...more }
  const [outcome] = await ask<Outcome[]>('dial', { dials: [one] })
  assert.ok(outcome)
  return outcome
}

let ports: Ports

before(async () => {
  server = spawn(process.execPath, [program, 'serve', '--grpc=0', '--loopback=0'], { env })
  const [shell = '', ...words] = RELAY
  attached = spawn(shell, words, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  createInterface({ input: attached.stdout ?? process.stdin }).on('line', (line) => {
    const { id, answer } = JSON.parse(line) as { id?: number; answer?: unknown }
    if (id !== undefined) waiting.get(id)?.(answer)
  })
  ports = await ask<Ports>('ports', {})
})

after(() => {
  server.kill()
  attached.kill()
  rmSync(folder, { recursive: true })
})

/** Hears of the connections that are opened here, until the test ends. */
function onSocket(t: TestContext, heard: (socket: Socket) => void): void {
  const hear = (message: unknown) => heard((message as { socket: Socket }).socket)
  subscribe('net.client.socket', hear)
  t.after(() => unsubscribe('net.client.socket', hear))
}

/** Keeps this process from its work. */
const noTurn = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)

describe('a dial of a process that has no turn until its deadline is over', () => {
  const to = (port: number): Dial => ({ protocol: 'TCP', host: '127.0.0.1', port, deadline: 100 })
  for (const [protocol, dial] of [
    ['tcp', (one: Dial) => dialTcp(one, 0)],
    ['http', dialHttp],
  ] as const) {
    it(`reads what has arrived: ${protocol}`, async (t) => {
      onSocket(t, (socket) => socket.once('connect', () => process.nextTick(noTurn)))
      const { failure, server } = await dial(to(ports[protocol]))
      assert.deepEqual([failure, server?.identity.uid], [undefined, 'u1'])
    })
  }

  it('reads what has arrived over a connection that is kept', async (t) => {
    onSocket(t, (socket) => t.after(() => socket.destroy()))
    const kept = new KeptConnection(to(ports.tcp))
    const first = await kept.dial({ ...to(ports.tcp), deadline: 2000 })
    assert.equal(first.server?.identity.uid, 'u1')
    const second = kept.dial(to(ports.tcp))
    noTurn()
    assert.equal((await second).failure, undefined)
  })
})

describe('a payload that does not arrive in time', () => {
  /** Sends so many bytes to a server, which handles the connection like this. Gives the outcome at the deadline. */
  async function sent(t: TestContext, bytes: number, serve: (socket: Socket) => void): Promise<Outcome> {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      t.after(() => socket.destroy())
      serve(socket)
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return dialTcp({ protocol: 'TCP', host: '127.0.0.1', port, deadline: DEADLINE, bytes }, 0)
  }
  const again = (t: TestContext, act: () => void) => {
    const timer = setInterval(act, 10)
    t.after(() => clearInterval(timer))
  }
  /** More than the buffers of the system take, and more than the slow server reads in this time. */
  const MUCH = 64 << 20
  const DEADLINE = 1_800
  /** Reads a few chunks, and no more until it is told again. The system hands out a full buffer in large steps. */
  const readSome = (socket: Socket) => {
    let chunks = 0
    socket.removeAllListeners('data').on('data', () => {
      chunks += 1
      if (chunks === 4) socket.pause()
    })
    socket.resume()
  }

  it('still moves on a slow path, there and back', async (t) => {
    const back = await sent(t, 1_000, (socket) => {
      socket.write('{}\n')
      again(t, () => socket.write('x'))
    })
    assert.deepEqual([back.failure, back.moving], ['timeout', true])
    const there = await sent(t, MUCH, (socket) => {
      socket.pause()
      again(t, () => readSome(socket))
    })
    assert.deepEqual([there.failure, there.moving], ['timeout', true])
  })

  it('does not move any more on a closed path', async (t) => {
    for (const serve of [(socket: Socket) => socket.pause(), (socket: Socket) => socket.pause().write('x')]) {
      const { failure, moving } = await sent(t, MUCH, serve)
      assert.deepEqual([failure, moving], ['timeout', undefined])
    }
  })
})

describe('a digest', () => {
  it('is CRC-32, of the whole or piece by piece', () => {
    assert.equal(digestOf(Buffer.from('123456789')), 'cbf43926')
    assert.equal(digestOf(Buffer.from('56789'), digestOf(Buffer.from('1234'))), 'cbf43926')
  })
})

describe('a probe', () => {
  for (const protocol of ['TCP', 'UDP', 'HTTP'] as const) {
    it(`shows a ${protocol} conversation from both ends`, async () => {
      const port = ports[protocol.toLowerCase() as 'tcp' | 'udp' | 'http']
      const { client, server: seen, failure } = await dial({ protocol, port })
      assert.equal(failure, undefined)
      assert.deepEqual(client?.remote, { ip: '127.0.0.1', port })
      assert.deepEqual(seen?.local, client?.remote)
      assert.deepEqual(seen?.peer, client?.local)
      assert.equal(seen?.identity.uid, 'u1')
    })
  }

  it('opens five datagrams of one 4-tuple and counts the answers', async () => {
    const { sent, answered } = await dial({ protocol: 'UDP', port: ports.udp })
    assert.deepEqual([sent, answered], [5, 5])
  })

  it('sends again where a whole burst was lost, as TCP does, and only until its deadline', async (t) => {
    const busy = createSocket('udp4').bind(0, '127.0.0.1')
    t.after(() => busy.close())
    await once(busy, 'listening')
    const { port } = busy.address()
    const silent = await dial({ protocol: 'UDP', port, deadline: 1_500 })
    assert.deepEqual([silent.failure, silent.detail], ['timeout', `none of ${silent.sent} datagrams was answered`])
    assert.ok((silent.sent ?? 0) > 5)
    let heard = 0
    busy.on('message', (message, from) => {
      heard += 1
      if (heard <= 5) return
      const { nonce } = JSON.parse(String(message))
      const view = { identity: { uid: 'busy' } }
      busy.send(JSON.stringify({ flatnet: 1, nonce, view }), from.port, from.address)
    })
    const { server: late, sent = 0 } = await dial({ protocol: 'UDP', port })
    assert.equal(late?.identity.uid, 'busy')
    assert.ok(sent > 5)
  })

  it('sends one datagram where one is enough', async () => {
    const { sent, server } = await dial({ protocol: 'UDP', port: ports.udp, manner: 'brief' })
    assert.deepEqual([sent, server?.identity.uid], [1, 'u1'])
  })

  it('dials virtual IPs from odd ports, every second one of the system’s own range', async () => {
    const [first = 0, last = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
      .split(/\s+/)
      .map(Number)
    for (const protocol of ['TCP', 'UDP'] as const) {
      const port = protocol === 'TCP' ? ports.tcp : ports.udp
      const local = async () => (await dial({ protocol, port, virtual: true })).client?.local.port ?? 0
      const from = []
      for (let n = 0; n < 8; n++) from.push(await local())
      assert.equal(new Set(from).size, 8)
      assert.ok(from.every((each) => each % 2 === 1))
      assert.equal(from.filter((each) => each >= first && each <= last).length, 4, `${protocol} ${from}`)
    }
  })

  it('dials from a free port of a range', async () => {
    for (const protocol of ['TCP', 'UDP', 'HTTP'] as const) {
      const port = ports[protocol.toLowerCase() as 'tcp']
      const { client } = await dial({ protocol, port, localPorts: { first: 20_000, last: 20_009 } })
      assert.match(String(client?.local.port), /^2000[02468]$/)
    }
  })

  it('dials from no port of a tunnel', () => {
    const dial = { protocol: 'UDP' as const, host: '127.0.0.1', port: 1, deadline: 1 }
    const drawn = Array.from({ length: 6 }, () => localPortOf({ ...dial, localPorts: { first: 8_470, last: 8_474 } }))
    assert.deepEqual([...new Set(drawn)].sort(), [8_470, 8_474])
  })

  it('sends and receives datagrams and streams of exact sizes', async () => {
    for (const protocol of ['TCP', 'UDP'] as const) {
      const port = protocol === 'TCP' ? ports.tcp : ports.udp
      for (const sizes of [
        ...[1, 60, 61, 512, 1_400].map((request) => ({ request })),
        { request: 900, answer: 7_000 },
      ]) {
        const outcome = await dial({ protocol, port, sizes })
        assert.equal(outcome.server?.identity.uid, 'u1', JSON.stringify(sizes))
        assert.equal(outcome.digest?.received, outcome.digest?.sent)
      }
      for (const answer of [1, 400, 1_400, 'MTU' as const]) {
        const outcome = await dial({ protocol, port, sizes: { answer } })
        assert.equal(outcome.server?.identity.uid, 'u1', `${protocol} answer ${answer}: ${outcome.detail}`)
      }
    }
  })

  it('measures a datagram in bytes, and an answer too', async (t) => {
    const seen: number[] = []
    const far = createSocket('udp4').on('message', (message, { port }) => {
      seen.push(message.length)
      near.send(message, ports.udp, '127.0.0.1')
      back.set(near.address().port, port)
    })
    const back = new Map<number, number>()
    const near = createSocket('udp4').on('message', (message) => {
      seen.push(message.length)
      far.send(message, back.get(near.address().port) ?? 0, '127.0.0.1')
    })
    t.after(() => far.close() && near.close())
    await Promise.all([once(far.bind(0, '127.0.0.1'), 'listening'), once(near.bind(0, '127.0.0.1'), 'listening')])
    const { port } = far.address()
    await dial({ protocol: 'UDP', port, manner: 'brief', sizes: { request: 1_232, answer: 1_001 } })
    await dial({ protocol: 'UDP', port, manner: 'brief', sizes: { request: 1 } })
    assert.deepEqual([seen[0], seen[1], seen[2]], [1_232, 1_001, 1])
  })

  it('sends no packet larger than it is told to, and gets none', async () => {
    const largest = 1_280
    for (const sizes of [{ request: 'MTU' }, { request: 1_400 }, { answer: 'MTU' }, { answer: 1_400 }] as const) {
      const { bytes, server, digest } = await dial({ protocol: 'UDP', port: ports.udp, sizes, largest })
      assert.ok(server && digest?.sent === digest?.received)
      assert.equal(Math.max(bytes?.request ?? 0, bytes?.answer ?? 0), largest - 28, JSON.stringify(sizes))
    }
    assert.equal(bytesOf('MTU-1', '127.0.0.1', largest), largest - 29)
    assert.equal(bytesOf(512, '::1', largest), 512)
  })

  it('keeps a connection that rests, talks often, or is closed on one side', async () => {
    for (const [protocol, life] of [
      ['TCP', { idleMs: 50 }],
      ['UDP', { idleMs: 50 }],
      ['TCP', { requests: 9 }],
      ['TCP', { lateMs: 60 }],
    ] as const) {
      const port = protocol === 'TCP' ? ports.tcp : ports.udp
      const started = performance.now()
      const outcome = await dial({ protocol, port, life })
      assert.equal(outcome.server?.identity.uid, 'u1', JSON.stringify([life, outcome.detail]))
      const least = 'requests' in life ? 0 : 45
      assert.ok(performance.now() - started > least)
    }
  })

  it('says at which point of its life a connection failed', async (t) => {
    let answered = 0
    const forgetful = createServer((client) => {
      const server = connect(ports.tcp, '127.0.0.1')
      client.on('error', () => {}).on('data', (chunk) => ++answered <= 3 && server.write(chunk))
      server.on('error', () => {}).on('data', (chunk) => client.write(chunk))
      client.on('close', () => server.destroy())
    }).listen(0, '127.0.0.1')
    t.after(() => forgetful.close())
    await once(forgetful, 'listening')
    const { port } = forgetful.address() as AddressInfo
    const many = await dial({ port, deadline: 200, life: { requests: 5 } })
    assert.match(`${many.failure} ${many.detail}`, /timeout request 4 of 5 on this connection/)
    answered = 2
    const rest = await dial({ port, deadline: 200, life: { idleMs: 10 } })
    assert.match(`${rest.failure} ${rest.detail}`, /the request after 0.01 s without a packet/)
  })

  it('tells a port that the kernel changed for a virtual IP from a translated one', () => {
    const local = { ip: '10.0.0.1', port: 41_001 }
    const identity = { uid: 'u1', pod: 'p1', container: 'app', node: 'n1' }
    const server = (port: number) => ({
      local: { ip: '10.0.1.1', port: 7_000 },
      peer: { ip: local.ip, port },
      identity,
    })
    const to = { protocol: 'TCP' as const, host: '10.0.1.1', port: 7_000, deadline: 1 }
    const outcome = { dial: to, client: { local, remote: { ip: '10.0.1.1', port: 7_000 } }, server: server(1_025) }
    assert.equal(sharesPort(outcome), false)
    beginVirtual(to, 41_001)
    assert.equal(sharesPort(outcome), true)
    endVirtual(to, 41_001, { server: { ...server(41_001), local: { ip: '10.0.9.9', port: 7_000 } } })
    assert.equal(sharesPort(outcome), false)
    beginVirtual(to, 41_001)
    assert.equal(sharesPort(outcome), true)
    endVirtual(to, 41_001, { server: server(41_001) })
    assert.equal(sharesPort(outcome), true)
    assert.equal(sharesPort({ ...outcome, dial: { ...to, protocol: 'UDP' } }), false)
    // The kernel has taken port 1025 for the client's, so a conversation from there needs another one.
    const next = { ...outcome, client: { ...outcome.client, local: { ...local, port: 1_025 } }, server: server(1_026) }
    assert.equal(sharesPort(next), true)
    assert.equal(sharesPort({ ...next, client: { ...next.client, local: { ...local, port: 1_027 } } }), false)
    assert.equal(sharesPort({ ...outcome, server: server(41_001) }), false)
  })

  it('knows from which ports a virtual IP was dialled, because the kernel remembers it', () => {
    const to = { protocol: 'UDP' as const, host: '10.96.0.7', port: 7_000, deadline: 1 }
    assert.equal(isRemembered(to, 41_003), false)
    beginVirtual(to, 41_003)
    assert.equal(isRemembered(to, 41_003), true)
    assert.equal(isRemembered({ ...to, port: 7_001 }, 41_003), false)
    assert.equal(isRemembered({ ...to, protocol: 'TCP' }, 41_003), false)
    assert.equal(isRemembered(to, 41_005), false)
  })

  it('hears a refusal at once on a connected socket, and an answer as well', async () => {
    const started = performance.now()
    const refused = await dial({ protocol: 'UDP', port: 1, manner: 'connected' })
    assert.equal(refused.failure, 'refused')
    assert.ok(performance.now() - started < 1000)
    const answered = await dial({ protocol: 'UDP', port: ports.udp, manner: 'connected' })
    assert.equal(answered.server?.identity.uid, 'u1')
  })

  it('counts many conversations by who answered and how they failed', async () => {
    const to = (port: number, protocol = 'TCP') => ({
      protocol,
      host: '127.0.0.1',
      port,
      deadline: 2000,
      manner: 'brief',
    })
    const dials = [to(ports.tcp), to(1), to(ports.udp, 'UDP')]
    const groups = await ask<Group[][]>('tally', { dials, times: 100 })
    assert.deepEqual(
      groups.map((each) => each.map(({ count, example }) => [count, example.failure ?? example.server?.identity.uid])),
      [[[100, 'u1']], [[groups[1]?.[0]?.count, 'refused']], [[100, 'u1']]],
    )
    assert.ok((groups[1]?.[0]?.count ?? 0) < 60, 'a dial that fails again and again is given up')
    const [all] = await ask<Group[][]>('tally', { dials: [to(1)], times: 100, toFail: true })
    assert.deepEqual(
      all?.map(({ count, example }) => [count, example.failure]),
      [[100, 'refused']],
    )
    const [met = []] = await ask<Group[][]>('tally', { dials: [to(ports.tcp)], times: 100, servers: 1 })
    const few = met[0]?.count ?? 0
    assert.ok(met.length === 1 && few >= 1 && few < 20, `${few} conversations until the only server was met`)
  })

  it('carries bytes both ways and says whether they came as they were sent', async () => {
    for (const [protocol, port, bytes] of [
      ['TCP', ports.tcp, 1_048_576],
      ['UDP', ports.udp, 9000],
    ] as const) {
      const { digest } = await dial({ protocol, port, bytes })
      assert.match(digest?.sent ?? '', /^[0-9a-f]{8}$/)
      assert.equal(digest?.received, digest?.sent)
    }
  })

  it('notices one byte that was changed on the way', async (t) => {
    const bend = createServer((client) => {
      const server = connect(ports.tcp, '127.0.0.1')
      server.on('data', (chunk) => {
        // The last byte of each piece: in the bytes that come back, not in the line before them.
        if (chunk.at(-1) !== 10) chunk.writeUInt8((chunk.at(-1) ?? 0) ^ 1, chunk.length - 1)
        client.write(chunk)
      })
      server.on('end', () => client.end())
      client.pipe(server)
    }).listen(0, '127.0.0.1')
    t.after(() => bend.close())
    await once(bend, 'listening')
    const { digest } = await dial({ port: (bend.address() as AddressInfo).port, bytes: 100_001 })
    assert.notEqual(digest?.received, digest?.sent)
  })

  for (const [what, how, answers] of [
    ['UDP that nobody answers', { protocol: 'UDP' }, false],
    ['UDP that hears refusals', { protocol: 'UDP', manner: 'connected' }, false],
    ['UDP whose port is kept', { protocol: 'UDP', keep: 'apart' }, false],
    ['TCP', { protocol: 'TCP' }, true],
    ['TCP whose connection is kept', { protocol: 'TCP', keep: 'apart' }, true],
  ] as const) {
    it(`dials a virtual IP from odd ports: ${what}`, async (t) => {
      const from: number[] = []
      const udp = createSocket('udp4').on('message', (_, { port }) => from.push(port))
      const tcp = createServer((socket) => from.push(socket.on('error', () => {}).remotePort ?? 0))
      t.after(() => (answers ? tcp.close() : udp.close()))
      await once(answers ? tcp.listen(0, '127.0.0.1') : udp.bind(0, '127.0.0.1'), 'listening')
      const { port } = (answers ? tcp.address() : udp.address()) as AddressInfo
      assert.equal((await dial({ ...how, port, deadline: 300, virtual: true })).failure, 'timeout')
      assert.ok(from.length > 0)
      assert.deepEqual(
        from.filter((each) => each % 2 === 0),
        [],
      )
    })
  }

  it('takes an answer that begins with an empty line for a stranger’s', async (t) => {
    const stranger = createServer((socket) => socket.end('\nhello')).listen(0, '127.0.0.1')
    t.after(() => stranger.close())
    await once(stranger, 'listening')
    assert.equal((await dial({ port: (stranger.address() as AddressInfo).port })).failure, 'foreign')
  })

  it('tells a refusal from silence, for TCP and UDP', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as { port: number }
    closed.close()
    await once(closed, 'close')
    for (const protocol of ['TCP', 'UDP', 'HTTP'] as const) {
      assert.equal((await dial({ protocol, port, deadline: 500 })).failure, 'refused', protocol)
    }
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const outcome = await dial({ port: (silent.address() as { port: number }).port, deadline: 200 })
    assert.deepEqual([outcome.failure, outcome.detail], ['timeout', 'connected, but no answer came'])
    silent.close()
  })

  it('calls whatever is no probe foreign, and a dropped line closed', async () => {
    const impostor = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi')).listen(
      0,
      '127.0.0.1',
    )
    await once(impostor, 'listening')
    const { port } = impostor.address() as { port: number }
    assert.equal((await dial({ port })).failure, 'foreign')
    assert.equal((await dial({ port, protocol: 'HTTP' })).failure, 'foreign')
    impostor.close()
    const mute = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    assert.equal((await dial({ port: (mute.address() as { port: number }).port })).failure, 'closed')
    mute.close()
  })

  it('has a port on localhost alone', async () => {
    const port = ports.loopback ?? 0
    assert.equal((await dial({ port })).failure, undefined)
    const elsewhere = ownAddresses({ loopback: false }).find((ip) => !ip.includes(':'))
    if (elsewhere) assert.equal((await dial({ host: elsewhere, port })).failure, 'refused')
  })

  it('dials a name at its address, by each protocol, and keeps the name', async () => {
    for (const [protocol, port] of [
      ['TCP', ports.tcp],
      ['UDP', ports.udp],
    ] as const) {
      const { client, dial: dialled, server: answering } = await dial({ protocol, host: 'localhost', port })
      assert.equal(dialled.host, 'localhost')
      assert.match(client?.remote.ip ?? '', /^(127\.0\.0\.1|::1)$/)
      assert.equal(answering?.identity.pod, 'p1')
    }
    const dials = [{ protocol: 'TCP', host: 'localhost', port: ports.tcp, deadline: 2000 }]
    const [groups] = await ask<Group[][]>('tally', { dials, times: 3 })
    assert.deepEqual(
      groups?.map(({ count, example }) => [count, example.dial.host]),
      [[3, 'localhost']],
    )
  })

  it('says dns where a name does not resolve', async () => {
    assert.equal((await dial({ host: 'no-such-name.invalid', port: 1 })).failure, 'dns')
    const [lookup] = await ask<Lookup[]>('lookup', { names: ['no-such-name.invalid'], deadline: 8000 })
    assert.equal(lookup?.addresses.length, 0)
    assert.ok(lookup?.code)
  })

  it('finds a held port in use and a free one free', async () => {
    assert.deepEqual(await ask('bind', { protocol: 'TCP', port: ports.tcp }), { code: 'EADDRINUSE' })
    assert.deepEqual(await ask('bind', { protocol: 'TCP', port: 0 }), { code: null })
  })

  it('counts who asks for readiness', async () => {
    const before = await ask<Seen>('seen', {})
    await fetch(`http://127.0.0.1:${ports.http}/ready`)
    const now = await ask<Seen>('seen', {})
    assert.equal(now.http.count, before.http.count + 1)
    assert.ok(now.http.peers.includes('127.0.0.1'))
  })
  it('is ready until it is told otherwise', async () => {
    const status = async () => (await fetch(`http://127.0.0.1:${ports.http}/ready`)).status
    const seen = [await status()]
    for (const value of [false, true]) {
      await ask('ready', { value })
      seen.push(await status())
    }
    assert.deepEqual(seen, [200, 503, 200])
  })
  for (const protocol of ['TCP', 'UDP'] as const) {
    it(`keeps one ${protocol} socket over several conversations`, async () => {
      const port = protocol === 'TCP' ? ports.tcp : ports.udp
      const all = [await dial({ protocol, port, keep: 'k' }), await dial({ protocol, port, keep: 'k' })]
      const other = await dial({ protocol, port, keep: 'other' })
      assert.deepEqual(
        all.map(({ server: seen }) => seen?.identity.uid),
        ['u1', 'u1'],
      )
      assert.equal(all[0]?.client?.local.port, all[1]?.client?.local.port)
      assert.equal(all[0]?.client?.local.port, all[1]?.server?.peer.port)
      assert.notEqual(other.client?.local.port, all[0]?.client?.local.port)
      assert.ok((other.tookMs ?? 0) > 0)
    })
  }

  it('opens a kept connection anew when it has gone', { timeout: 10_000 }, async () => {
    const sockets: Socket[] = []
    const mute = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    const over = () => dial({ port, keep: 'mute', deadline: 150 })
    assert.deepEqual([(await over()).failure, (await over()).failure], ['timeout', 'timeout'])
    assert.equal(sockets.length, 2)
    for (const socket of sockets) socket.destroy()
    mute.close()
    assert.equal((await over()).failure, 'refused')
  })
  it('gives a kept port back once, however many talked from it', async () => {
    const one: Dial = { protocol: 'UDP', host: '127.0.0.1', port: ports.udp, deadline: 1000, keep: 'k' }
    const port = new KeptPort(one, 20)
    const all = await Promise.all([port.dial(one), port.dial(one), port.dial(one)])
    assert.ok(all.every(({ server: seen }) => seen?.identity.uid === 'u1'))
    await delay(100)
    assert.ok(port.gone)
  })
})
