import { z } from 'zod'
import type { Result } from '../model.ts'

const Endpoint = z.object({ ip: z.string(), port: z.number() })

/** What the page shows of one conversation. The evidence has more. */
const Flow = z.object({
  dial: z.object({ protocol: z.string(), host: z.string(), port: z.number() }),
  client: z.object({ local: Endpoint, remote: Endpoint }).optional(),
  server: z
    .object({
      local: Endpoint,
      peer: Endpoint,
      identity: z.object({ pod: z.string(), node: z.string() }),
    })
    .optional(),
  failure: z.string().optional(),
  detail: z.string().optional(),
  connectMs: z.number().optional(),
})
export type Flow = z.infer<typeof Flow>

/** The conversations of a row that broke its promise, or examples of those that kept it. */
export function flowsOf({ evidence }: Result, most: number): Flow[] {
  const { flows, flowsBroken } = evidence
  const wanted = flowsBroken > 0 ? flows.slice(0, flowsBroken) : flows
  return wanted.slice(0, most).flatMap((flow) => Flow.safeParse(flow).data ?? [])
}

/** An address with a port. */
const show = ({ ip, port }: { ip: string; port: number }): string =>
  ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`

/** The client's view as addresses. Without an answer the client's port is not known, and its address only to the caller. */
export const clientView = ({ dial, client }: Flow, own = 'its own address'): { from: string; to: string } =>
  client
    ? { from: show(client.local), to: show(client.remote) }
    : { from: own, to: show({ ip: dial.host, port: dial.port }) }

/** The server's view as addresses; undefined if the client got no answer. */
export const serverView = ({ server }: Flow): { from: string; to: string } | undefined =>
  server && { from: show(server.peer), to: show(server.local) }
