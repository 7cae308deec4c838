import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'

/**
 * The connections that wait until this process accepts them. If the queue is full, a client is connected and gets no
 * answer for seconds, which would look like a broken network. The kernel may grant less.
 */
const BACKLOG = 4_096

/** Lets a server listen on a port, of all addresses or of one. Gives the port; 0 lets the system pick it. */
export async function listen(server: Server, port: number, host?: string): Promise<number> {
  server.listen({ port, backlog: BACKLOG, ...(host === undefined ? {} : { host }) })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
