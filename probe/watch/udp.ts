import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { familyOf } from '../address.ts'
import { failureOf } from '../dial/failure.ts'
import { HELLO, isReply, parseJson } from '../greeting.ts'
import { uniqueWord } from '../random.ts'
import { type Answer, type Asker, atLatest } from './answer.ts'
import type { WatchFlow } from './types.ts'

type Server = Pick<WatchFlow, 'host' | 'port'>

/** A bound socket that is not connected, so that it also receives an answer from a wrong address. */
async function bound(host: string): Promise<Socket> {
  const socket = createSocket(familyOf(host) === 6 ? 'udp6' : 'udp4')
  socket.on('error', () => undefined)
  await once(socket.bind(), 'listening')
  return socket
}

/** Sends one datagram, and waits for its answer. A datagram is not repeated: the next conversation is near. */
async function converse(socket: Socket, { host, port }: Server): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const nonce = uniqueWord()
  const hear = (message: Buffer) => {
    const reply = parseJson(message.toString())
    if (isReply(reply, nonce)) resolve({ view: reply.view })
  }
  socket.on('message', hear)
  const off = atLatest(() => resolve({ mishap: 'timeout', detail: 'the datagram was not answered' }))
  socket.send(JSON.stringify({ flatnet: HELLO, nonce, bytes: 0 }), port, host, (error) => {
    if (!error) return
    const { failure, detail } = failureOf(error)
    resolve({ mishap: failure, detail })
  })
  const answer = await promise
  off()
  socket.off('message', hear)
  return answer
}

/** Opens a new socket for each conversation. */
export const newUdp = (flow: WatchFlow): Asker => ({
  ask: async () => {
    const socket = await bound(flow.host)
    try {
      return await converse(socket, flow)
    } finally {
      socket.close()
    }
  },
  close: () => {},
})

/** Has all conversations from one socket, so that all of them have the same addresses and ports. */
export function keptUdp(flow: Server): Asker {
  const opening = bound(flow.host).then((socket) => socket.setMaxListeners(0))
  opening.catch(() => undefined)
  return {
    ask: async () => converse(await opening, flow),
    close: () =>
      void opening.then(
        (socket) => socket.close(),
        () => undefined,
      ),
  }
}
