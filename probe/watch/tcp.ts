import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { failureOf } from '../dial/failure.ts'
import { HELLO, type Hello, isReply, parseJson } from '../greeting.ts'
import { uniqueWord } from '../random.ts'
import { type Answer, type Asker, atLatest } from './answer.ts'
import type { WatchFlow } from './types.ts'

/** A connection over which nothing has come for so long is given up, as applications do. */
const SILENT_MS = 15_000

/** Opens a new connection for each conversation, and resets it: nodes remember closed connections for two minutes. */
export const newTcp = (flow: WatchFlow): Asker => ({
  ask: async () => {
    const connection = new Connection(flow)
    const answer = await connection.ask()
    connection.reset()
    return answer
  },
  close: () => {},
})

/** Has all conversations over one connection, and opens another one when it has ended. */
export class KeptTcp implements Asker {
  readonly #flow: WatchFlow
  #connection: Connection | undefined

  constructor(flow: WatchFlow) {
    this.#flow = flow
  }

  async ask(): Promise<Answer> {
    const died = this.#connection?.hasDied === true
    if (!this.#connection || this.#connection.isGone) this.#connection = new Connection(this.#flow)
    const answer = await this.#connection.ask()
    return died ? { ...answer, died } : answer
  }

  close(): void {
    this.#connection?.end()
  }
}

class Connection {
  readonly #socket: Socket
  readonly #open = new Map<string, (answer: Answer) => void>()
  #heard = performance.now()
  #hasAnswered = false

  constructor({ host, port }: WatchFlow) {
    this.#socket = connect({ host, port, noDelay: true })
    this.#socket.on('error', (error) => {
      const { failure, detail } = failureOf(error)
      this.end({ mishap: failure, detail })
    })
    this.#socket.on('close', () => this.end({ mishap: 'closed', detail: 'the connection was closed' }))
    this.#socket.on('end', () => this.#socket.destroy())
    const lines = createInterface({ input: this.#socket })
    // readline repeats the socket's errors; without a listener, such an error would end the probe.
    lines.on('error', () => undefined).on('line', (line) => this.#read(line))
  }

  get isGone(): boolean {
    return this.#socket.destroyed
  }

  /** Whether it had carried an answer before it ended. */
  get hasDied(): boolean {
    return this.isGone && this.#hasAnswered
  }

  async ask(): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const hello: Hello = { flatnet: HELLO, nonce: uniqueWord(), bytes: 0, keep: true }
    this.#open.set(hello.nonce, resolve)
    const off = atLatest(() => this.#late(hello.nonce))
    this.#socket.write(`${JSON.stringify(hello)}\n`)
    const answer = await promise
    off()
    return answer
  }

  reset(): void {
    this.#socket.resetAndDestroy()
  }

  end(answer: Answer = { mishap: 'closed', detail: 'the watch has ended' }): void {
    this.#socket.destroy()
    for (const settle of this.#open.values()) settle(answer)
    this.#open.clear()
  }

  #late(nonce: string): void {
    const settle = this.#open.get(nonce)
    if (!settle) return
    this.#open.delete(nonce)
    const { connecting } = this.#socket
    const detail = connecting ? 'no answer to the SYN' : 'connected, but no answer came'
    settle({ mishap: 'timeout', detail })
    // TCP itself repairs a connection after an outage. A SYN is repeated so rarely that a new one is faster.
    if (connecting || performance.now() - this.#heard > SILENT_MS) this.#socket.destroy()
  }

  #read(line: string): void {
    this.#heard = performance.now()
    this.#hasAnswered = true
    const reply = parseJson(line)
    for (const [nonce, settle] of this.#open) {
      if (!isReply(reply, nonce)) continue
      this.#open.delete(nonce)
      settle({ view: reply.view })
      return
    }
  }
}
