import type { Dial, Endpoint, Outcome } from '../protocol.ts'

/** How long the kernel may remember a conversation: two minutes after its end. */
const REMEMBERED_MS = 180_000

/** The servers that a conversation with a virtual IP has met; none while it is open. */
interface Use {
  at: number
  servers: Set<string>
}

const uses = new Map<string, Use>()
const keyOf = ({ protocol }: Dial, port: number) => `${protocol === 'UDP' ? 'UDP' : 'TCP'} ${port}`
const nameOf = ({ ip, port }: Endpoint) => `${ip} ${port}`

/** Remembers that a conversation with a virtual IP begins at this local port. */
export function beginVirtual(dial: Dial, localPort: number): void {
  const now = performance.now()
  for (const [key, { at }] of uses) {
    if (now - at < REMEMBERED_MS) break
    uses.delete(key)
  }
  const key = keyOf(dial, localPort)
  const servers = uses.get(key)?.servers ?? new Set<string>()
  uses.delete(key)
  uses.set(key, { at: now, servers })
}

/** Remembers the backend that answered a conversation with a virtual IP. */
export function endVirtual({ dial, client, server }: Outcome): void {
  if (client && server?.local) uses.get(keyOf(dial, client.local.port))?.servers.add(nameOf(server.local))
}

/**
 * Whether the kernel had to change the source port of a direct conversation: the server saw another port, and this network
 * namespace has used the client's port for a virtual IP with that backend behind it.
 */
export function sharesPort({ dial, client, server }: Outcome): boolean {
  // The view comes from the network, so any part of it may be missing.
  if (!client || !server?.peer || !server.local) return false
  if (client.local.port === server.peer.port || client.local.ip !== server.peer.ip) return false
  const use = uses.get(keyOf(dial, client.local.port))
  return use !== undefined && (use.servers.size === 0 || use.servers.has(nameOf(server.local)))
}
