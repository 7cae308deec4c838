import assert from 'node:assert/strict'
import { Socket } from 'node:dgram'
import { after, before, describe, it, type TestContext } from 'node:test'
import { dialUdp } from '../../probe/dial/udp.ts'
import { udpServer } from '../../probe/serve/udp.ts'

describe('a UDP socket that the client’s node ends', () => {
  const identity = { uid: 'u1', pod: 'p1', container: 'app', node: 'n1' }
  let server: Socket
  before(async () => {
    const [one] = await udpServer(identity, ['127.0.0.1'], 0, false, () => undefined)
    assert.ok(one)
    server = one
  })
  after(() => void server.close())
  const dial = () => dialUdp({ protocol: 'UDP', host: '127.0.0.1', port: server.address().port, deadline: 2_000 }, 0)

  /** Lets the kernel refuse every datagram of the first sockets, as it does once their backend has left a Service. */
  function endFirst(t: TestContext, count: number): void {
    const [seen, ended] = [new Set<Socket>(), new Set<Socket>()]
    const { send } = Socket.prototype
    t.mock.method(Socket.prototype, 'send', function (this: Socket, ...args: Parameters<Socket['send']>) {
      if (this !== server && !seen.has(this)) {
        seen.add(this)
        if (ended.size < count) ended.add(this)
      }
      if (!ended.has(this)) return Reflect.apply(send, this, args)
      const told = args.at(-1) as unknown as (error: Error) => void
      process.nextTick(told, Object.assign(new Error('send ECONNABORTED'), { code: 'ECONNABORTED' }))
    } as Socket['send'])
  }

  it('is opened anew, however often it is ended, and counted', async (t) => {
    endFirst(t, 7)
    const { failure, server: answered, aborted } = await dial()
    assert.deepEqual([failure, answered?.identity.pod, aborted], [undefined, 'p1', 7])
  })

  it('is opened once more if the deadline has passed meanwhile', async (t) => {
    const soon = () => dialUdp({ protocol: 'UDP', host: '127.0.0.1', port: server.address().port, deadline: 20 }, 0)
    endFirst(t, 1)
    const { failure, server: answered, aborted } = await soon()
    assert.deepEqual([failure, answered?.identity.pod, aborted], [undefined, 'p1', 1])
  })

  it('is a failure if that does not end', async (t) => {
    endFirst(t, 1_000)
    const { failure, detail, aborted = 0 } = await dial()
    assert.equal(failure, 'timeout')
    assert.match(
      detail ?? '',
      new RegExp(`^none of \\d+ datagrams was answered, and the client’s node ended ${aborted} sockets$`),
    )
    assert.ok(aborted > 3)
  })

  it('is not counted where none was ended', async () => assert.equal((await dial()).aborted, undefined))
})
