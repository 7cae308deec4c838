import type { RequestListener } from 'node:http'
import { ownAddresses } from '../address.ts'
import { HELLO, parseJson } from '../greeting.ts'
import type { Handlers } from '../operations.ts'
import type { Operation, Ports, Request } from '../protocol.ts'

/** The operations that anybody may ask for: they only read. */
const OPEN: readonly Operation[] = ['arrivals', 'ports', 'starved']
const MOST_BYTES = 1_000_000

/**
 * The pages of an observer that the user has started: `/observer` says who it is, and `/ask` answers one request of
 * those that only read.
 */
export const observer =
  ({ uid, ports }: { uid: string; ports: Ports }, handlers: Handlers): RequestListener =>
  (request, response) => {
    const send = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(body))
    if (request.url === '/flow' || request.url === '/ready') return
    if (request.url === '/observer')
      return void send(200, { flatnet: HELLO, uid, ports, addresses: ownAddresses({ loopback: false }) })
    if (request.url !== '/ask' || request.method !== 'POST') return void send(404, { error: 'no such page' })
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => {
      body += chunk
      if (body.length > MOST_BYTES) request.destroy()
    })
    request.on('end', async () => send(200, await answer(body, handlers)))
  }

async function answer(body: string, handlers: Handlers): Promise<unknown> {
  const request = parseJson(body) as Request | null | undefined
  if (!request || !OPEN.includes(request.op)) return { id: request?.id ?? 0, error: 'not allowed' }
  const handler = handlers[request.op] as (ask: unknown) => Promise<unknown>
  try {
    return { id: request.id, answer: await handler(request.ask) }
  } catch (error) {
    return { id: request.id, error: String(error) }
  }
}
