import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { FOLDER } from '../../cluster/outside/machines.ts'
import { namedObserver } from '../../cluster/outside/named.ts'
import { hostAndPort } from '../../contract/host-and-port.ts'
import type { Handlers } from '../../probe/operations.ts'
import { ArrivalLog, halfOpenIn } from '../../probe/serve/arrivals.ts'
import { observer } from '../../probe/serve/observer.ts'
import { pipePath } from '../../probe/serve/request-pipe.ts'

const ports = { tcp: 7947, udp: 7947, http: 7946 }
const handlers = { arrivals: async () => [], ports: async () => ports } as unknown as Handlers

/** Calls `use` with HOST:PORT of a server on this machine. */
async function serving<T>(pages: RequestListener, use: (at: string) => Promise<T>): Promise<T> {
  const server = createServer(pages).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await use(`127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('HOST:PORT', () => {
  it('is a name or an address, and a port', () => {
    assert.deepEqual(hostAndPort('192.0.2.1:7946'), { host: '192.0.2.1', port: 7946 })
    assert.deepEqual(hostAndPort('observer.example:1'), { host: 'observer.example', port: 1 })
    assert.deepEqual(hostAndPort('[2001:db8::1]:65535'), { host: '2001:db8::1', port: 65_535 })
  })

  it('is nothing else', () => {
    const bad = ['', 'host', 'host:', ':1', 'host:0', 'host:65536', '2001:db8::1:80', '[1.2.3.4]:80', 'a b:1']
    for (const text of bad) assert.equal(hostAndPort(text), undefined, text)
  })

  it('is no part of a URL', () => {
    for (const text of [
      'http://host:80',
      'host/path:80',
      'user@host:80',
      'host#x:80',
      'host?x:80',
      '[host:80',
      '[]:80',
    ])
      assert.equal(hostAndPort(text), undefined, text)
  })
})

describe('an observer that the user names', () => {
  const find = (at: string, ms?: number) => namedObserver(at, ms)

  it('is used at the address that was named', async () => {
    const found = await serving(observer({ uid: 'x', ports }, handlers), find)
    assert.deepEqual(found.outside?.observer.ips, ['127.0.0.1'])
    assert.deepEqual([found.outside?.observer.uid, found.outside?.observer.ports], ['x', ports])
    assert.equal(found.outside?.dials, false)
  })

  it('is used at no address of its machine at which it does not answer', async () => {
    const card = JSON.stringify({ flatnet: 1, uid: 'x', ports, addresses: ['127.0.0.1', '::1'] })
    const found = await serving((_, response) => response.end(card), find)
    assert.deepEqual(found.outside?.observer.ips, ['127.0.0.1'])
  })

  it('may have a name, and is then used at the address of the name', async () => {
    const pages = observer({ uid: 'x', ports }, handlers)
    const found = await serving(pages, (at) => find(at.replace('127.0.0.1', 'localhost')))
    assert.ok(found.outside?.observer.ips.includes('127.0.0.1'), found.observer)
  })

  it('cannot be used without a port, or if its card lacks one', async () => {
    const bare = await find('observer.example')
    assert.match(bare.observer ?? '', /--observer observer\.example is no HOST:PORT/)
    const card = JSON.stringify({ flatnet: 1, uid: 'x', ports: { tcp: 1, http: 2 }, addresses: [] })
    const old = await serving((_, response) => response.end(card), find)
    assert.match(old.observer ?? '', /no flatnet observer/)
    assert.ok(bare.isBroken && old.isBroken)
  })

  it('cannot be used if something else answers, or nothing', async () => {
    const other = await serving((_, response) => response.end('hello'), find)
    assert.match(other.observer ?? '', /answers, but it is no flatnet observer/)
    const gone = await serving(
      () => {},
      async (at) => at,
    ).then(find)
    assert.match(gone.observer ?? '', /does not answer this machine: the connection was refused/)
    assert.ok(other.isBroken && gone.isBroken)
  })

  it('cannot be used if it does not answer in time, or never ends its answer', async () => {
    const started = performance.now()
    const silent = await serving(
      () => {},
      (at) => find(at, 200),
    )
    const endless = await serving(
      (_, response) => void response.writeHead(200).write('{'),
      (at) => find(at, 200),
    )
    for (const found of [silent, endless]) {
      assert.match(found.observer ?? '', /does not answer this machine: no answer within 0\.2 s$/)
      assert.ok(found.isBroken)
    }
    assert.ok(performance.now() - started < 5_000)
  })

  it('cannot make flatnet send requests to what is no address', async () => {
    const asked: string[] = []
    await serving(
      ({ url = '' }, response) => void response.end(String(asked.push(url))),
      async (other) => {
        const addresses = ['127.0.0.1', `${other}/secret?`, '[::1]', 'localhost', '']
        const card = JSON.stringify({ flatnet: 1, uid: 'x', ports, addresses })
        const found = await serving((_, response) => response.end(card), find)
        assert.deepEqual(found.outside?.observer.ips, ['127.0.0.1'])
      },
    )
    assert.deepEqual(asked, [])
  })

  it('takes only requests that read', async () => {
    await serving(observer({ uid: 'x', ports }, handlers), async (at) => {
      const ask = async (op: string) =>
        (await fetch(`http://${at}/ask`, { method: 'POST', body: JSON.stringify({ id: 1, op, ask: {} }) })).json()
      assert.deepEqual(await ask('ports'), { id: 1, answer: ports })
      assert.deepEqual(await ask('arrivals'), { id: 1, answer: [] })
      for (const op of ['dial', 'stop', 'facts', 'constructor'])
        assert.deepEqual(await ask(op), { id: 1, error: 'not allowed' }, op)
      assert.equal((await fetch(`http://${at}/other`)).status, 404)
    })
  })

  it('answers what is no request, and goes on', async () => {
    await serving(observer({ uid: 'x', ports }, handlers), async (at) => {
      for (const body of ['null', '', '5', '[]', '{', '"ports"']) {
        const answer = await fetch(`http://${at}/ask`, { method: 'POST', body })
        assert.deepEqual(await answer.json(), { id: 0, error: 'not allowed' }, body)
      }
      assert.equal((await fetch(`http://${at}/observer`)).status, 200)
    })
  })
})

describe('what arrived at a server', () => {
  it('is found by its word', () => {
    const log = new ArrivalLog()
    const local = { ip: '10.0.0.1', port: 1 }
    for (const nonce of ['a', 'b']) log.add({ protocol: 'UDP', peer: { ip: '10.0.0.2', port: 2 }, local, nonce })
    assert.deepEqual(
      log.of(['b', 'c']).map(({ nonce }) => nonce),
      ['b'],
    )
  })

  it('includes connections that are half open, as the kernel lists them', () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
   0: 0100007F:1F0A 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 630012AC:1B58 0A01F40A:D431 03 00000000:00000000 01:00000064 00000000     0        0 0
   2: 00000000000000000000000001000000:1B58 0000000000000000FFFF00000A01F40A:D432 03 00000000:00000000
   3: 0000ADFD000000000000000001000000:1B58 4200ADFD000000000000000002000000:D433 03 00000000:00000000`
    assert.deepEqual(halfOpenIn(text), [
      { protocol: 'TCP', local: { ip: '172.18.0.99', port: 7000 }, peer: { ip: '10.244.1.10', port: 54_321 } },
      { protocol: 'TCP', local: { ip: '::1', port: 7000 }, peer: { ip: '10.244.1.10', port: 54_322 } },
      { protocol: 'TCP', local: { ip: 'fdad::1', port: 7000 }, peer: { ip: 'fdad:42::2', port: 54_323 } },
    ])
  })

  it('includes no connection that is open, waits or ends', () => {
    const states = ['01', '02', '06', '08', '0A', '0C'].map(
      (state, i) => `   ${i}: 630012AC:1B58 0A01F40A:D435 ${state} 00000000:00000000 00:00000000 00000000 0 0 99`,
    )
    assert.deepEqual(halfOpenIn(['  sl  local_address rem_address   st', ...states, ''].join('\n')), [])
  })

  it('of a dual-stack server has IPv4 addresses on both ends', () => {
    const line = '0: 0000000000000000FFFF0000630012AC:1B58 0000000000000000FFFF00000A01F40A:D434 03 0:0'
    assert.deepEqual(halfOpenIn(line), [
      { protocol: 'TCP', local: { ip: '172.18.0.99', port: 7000 }, peer: { ip: '10.244.1.10', port: 54_324 } },
    ])
  })

  it('is forgotten when thousands have come since', () => {
    const log = new ArrivalLog()
    const [local, peer] = [
      { ip: '10.0.0.1', port: 1 },
      { ip: '10.0.0.2', port: 2 },
    ]
    for (let i = 0; i <= 4_096; i++) log.add({ protocol: 'UDP', peer, local, nonce: `n${i}` })
    assert.deepEqual(
      log.of(['n0', 'n1', 'n4096']).map(({ nonce }) => nonce),
      ['n1', 'n4096'],
    )
  })
})

describe('the request pipe of a host outside', () => {
  const program = new URL('../../probe/serve/request-pipe.ts', import.meta.url).href
  const pipe = basename(pipePath())

  /** Removes the pipe in a folder of this name that has another file; gives the files that are left. */
  function left(name: string): boolean[] {
    const scratch = mkdtempSync(join(tmpdir(), 'flatnet-test-'))
    const folder = join(scratch, name)
    try {
      mkdirSync(folder)
      for (const file of [pipe, 'other']) writeFileSync(join(folder, file), '')
      const call = `import(${JSON.stringify(program)}).then(({ removePipe }) => removePipe())`
      execFileSync(process.execPath, ['-e', call], { env: { ...process.env, TMPDIR: folder } })
      return ['', pipe, 'other'].map((file) => existsSync(join(folder, file)))
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }

  it('is removed alone in a folder that is not its own', () => {
    for (const name of ['tmp', 'flatnet-abcde-x1', 'my-flatnet-host-1-x', 'flatnet-host-'])
      assert.deepEqual(left(name), [true, false, true], name)
  })

  it('is removed with the folder that was made for it', () => {
    assert.deepEqual(left(`${FOLDER}123-x1`), [false, false, false])
  })
})
