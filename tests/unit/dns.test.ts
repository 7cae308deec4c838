import assert from 'node:assert/strict'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { type Answer, decode, encode } from 'dns-packet'
import { resolve } from '../../probe/dns/resolve.ts'
import type { Question } from '../../probe/protocol.ts'

const SOA = { mname: 'ns', rname: 'admin', minimum: 7 }
let udp: Socket
let tcp: Server
let port: number
const asked: string[] = []

/** A server with a name for each way of answering. */
function answer(bytes: Buffer, over: 'UDP' | 'TCP'): Buffer | undefined {
  const query = decode(bytes)
  const [question] = query.questions ?? []
  if (!question) return undefined
  asked.push(question.name)
  const reply = (answers: Answer[], flags = 0x400, more = {}) =>
    encode({ type: 'response', id: query.id, flags, questions: [question], answers, ...more })
  const name = question.name
  const a = (data: string): Answer => ({ type: 'A', name, ttl: 30, data })
  switch (name.toLowerCase()) {
    case 'one.test':
      return reply([a('10.0.0.1')])
    case 'port.test':
      return reply([{ type: 'SRV', name, ttl: 5, data: { port: 443, target: 'one.test' } }])
    case 'long.test':
      return over === 'UDP' ? reply([], 0x600) : reply([a('10.0.0.1'), a('10.0.0.2')])
    case 'lost.test':
      return asked.filter((each) => each === name).length > 1 ? reply([a('10.0.0.3')]) : undefined
    case 'junk.test':
      return Buffer.from('no packet')
    case 'edns.test': {
      const [options] = query.additionals ?? []
      return options?.type === 'OPT' && options.udpPayloadSize === 1232 ? reply([a('10.0.0.4')]) : undefined
    }
    case 'other-family.test':
      return question.type === 'AAAA' && asked.filter((each) => each === name).length < 3 ? undefined : reply([])
    case 'silent.test':
      return undefined
    default:
      return reply([], 0x403, { authorities: [{ type: 'SOA', name: 'test', ttl: 30, data: SOA }] })
  }
}

before(async () => {
  udp = createSocket('udp4').bind(0, '127.0.0.1')
  await once(udp, 'listening')
  port = udp.address().port
  udp.on('message', (bytes, from) => {
    const told = answer(bytes, 'UDP')
    if (told) udp.send(told, from.port, from.address)
  })
  tcp = createServer((socket) =>
    socket.on('data', (bytes) => {
      const told = answer(bytes.subarray(2), 'TCP')
      const length = Buffer.alloc(2)
      length.writeUInt16BE(told?.length ?? 0)
      if (!told) return socket.end()
      // In two pieces, as a network may deliver it.
      socket.write(Buffer.concat([length, told.subarray(0, 5)]))
      setImmediate(() => socket.write(told.subarray(5)))
    }),
  ).listen(port, '127.0.0.1')
  await once(tcp, 'listening')
})

after(() => {
  udp.close()
  tcp.close()
})

const ask = (name: string, more: Partial<Question> = {}) =>
  resolve({ server: '127.0.0.1', name, type: 'A', over: 'UDP', ...more }, 1_500, port)

describe('a question on the wire', () => {
  for (const over of ['UDP', 'TCP'] as const) {
    it(`gives records, code and flags over ${over}`, async () => {
      const { rcode, flags, answers, failure } = await ask('One.test.', { over })
      assert.equal(failure, undefined)
      assert.deepEqual([rcode, flags], ['NOERROR', ['aa']])
      assert.deepEqual(answers, [{ name: 'One.test', type: 'A', ttl: 30, data: '10.0.0.1' }])
    })
  }

  it('gives the port and target of an SRV record', async () => {
    const { answers } = await ask('port.test', { type: 'SRV' })
    assert.deepEqual(answers, [{ name: 'port.test', type: 'SRV', ttl: 5, data: 'one.test', port: 443 }])
  })

  it('says how long a negative answer may be kept', async () => {
    const { rcode, negativeTtl, answers } = await ask('nobody.test')
    assert.deepEqual([rcode, negativeTtl, answers], ['NXDOMAIN', 7, []])
  })

  it('fetches over TCP what a datagram cannot hold', async () => {
    const { answers, flags } = await ask('long.test')
    assert.equal(answers.length, 2)
    assert.ok(flags.includes('tc'))
  })

  it('asks again when a datagram is lost, and says so', async () => {
    const { answers, sent } = await ask('lost.test')
    assert.deepEqual([answers[0]?.data, sent], ['10.0.0.3', 2])
  })

  for (const over of ['UDP', 'TCP'] as const) {
    it(`speaks EDNS over ${over} where it is asked to`, async () => {
      const [with_, without] = await Promise.all([ask('edns.test', { over, edns: 1232 }), ask('edns.test', { over })])
      assert.equal(with_.answers[0]?.data, '10.0.0.4')
      assert.equal(without.rcode, undefined)
      assert.equal(with_.bytes === undefined, over === 'TCP')
    })
  }

  it('asks both families from one socket, and both again while one is not answered', async () => {
    const { rcode, sent, ms } = await ask('other-family.test', { beside: 'AAAA', again: 300 })
    assert.deepEqual([rcode, sent], ['NOERROR', 2])
    assert.ok(ms >= 300 && ms < 1_000, `${ms} ms`)
    assert.equal(asked.filter((each) => each === 'other-family.test').length, 4)
  })

  it('tells silence, junk, a closed connection and a closed port apart', async () => {
    const failures = await Promise.all([
      ask('silent.test'),
      ask('junk.test'),
      ask('silent.test', { over: 'TCP' }),
      resolve({ server: '127.0.0.1', name: 'one.test', type: 'A', over: 'UDP' }, 1_500, 1),
    ])
    assert.deepEqual(
      failures.map(({ failure }) => failure),
      ['timeout', 'foreign', 'closed', 'refused'],
    )
  })
})
