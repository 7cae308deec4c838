import { ownAddresses } from '../address.ts'
import type { Identity } from '../protocol.ts'
import { listen } from './listen.ts'
import { tcpServer } from './tcp.ts'
import { udpServer } from './udp.ts'

/** Further ports of a probe, for all scenarios or for one. Each is a TCP port and a UDP port. */
export class MorePorts {
  readonly #identity: Identity
  readonly #open = new Map<number, () => void>()

  constructor(identity: Identity) {
    this.#identity = identity
  }

  /** Serves on these ports. Gives those of them that it may bind and that no other socket holds. */
  async open(ports: readonly number[]): Promise<number[]> {
    const opened = await Promise.all(ports.map((port) => this.#openOne(port)))
    return ports.filter((_, i) => opened[i])
  }

  close(ports: readonly number[]): void {
    for (const port of ports) {
      this.#open.get(port)?.()
      this.#open.delete(port)
    }
  }

  async #openOne(port: number): Promise<boolean> {
    if (this.#open.has(port)) return false
    const server = tcpServer(this.#identity, () => undefined)
    this.#open.set(port, () => server.close())
    try {
      await listen(server, port)
      const sockets = await udpServer(this.#identity, ownAddresses({ loopback: false }), port, false, () => undefined)
      this.#open.set(port, () => {
        server.close()
        for (const socket of sockets) socket.close()
      })
      return true
    } catch {
      this.close([port])
      return false
    }
  }
}
