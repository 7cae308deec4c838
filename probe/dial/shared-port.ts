import type { Dial, Endpoint, Outcome } from '../protocol.ts'

/** How long the kernel may remember a conversation: two minutes after its end. */
const REMEMBERED_MS = 180_000

/** What is known of conversations with virtual IPs from one local port. */
interface Use {
  at: number
  /** The number of those that have not ended yet. */
  open: number
  /** Whether one has ended and nothing says which backend it was led to. */
  lost: boolean
  /** The backends of the others. */
  servers: Set<string>
  /** The destinations that were dialled. */
  dialled: Set<string>
}

const uses = new Map<string, Use>()
const keyOf = ({ protocol }: Dial, port: number) => `${protocol === 'UDP' ? 'UDP' : 'TCP'} ${port}`
const destinationOf = ({ host, port }: Dial) => `${host} ${port}`
const nameOf = ({ ip, port }: Endpoint) => `${ip} ${port}`

const useOf = (key: string): Use =>
  uses.get(key) ?? { at: performance.now(), open: 0, lost: false, servers: new Set(), dialled: new Set() }

/**
 * Whether this local port was used for this destination so lately that the kernel may remember it. Then the conversation would go
 * on with the backend of the earlier one, and not show where a new client is led to.
 */
export function isRemembered(dial: Dial, localPort: number): boolean {
  const use = uses.get(keyOf(dial, localPort))
  return use !== undefined && performance.now() - use.at <= REMEMBERED_MS && use.dialled.has(destinationOf(dial))
}

/** Remembers that a conversation with a virtual IP begins at this local port. */
export function beginVirtual(dial: Dial, localPort: number): void {
  const now = performance.now()
  const key = keyOf(dial, localPort)
  const use = useOf(key)
  // The oldest come first, so that each conversation looks at few of them.
  uses.delete(key)
  for (const [old, { at, open }] of uses) {
    if (now - at <= REMEMBERED_MS) break
    if (open === 0) uses.delete(old)
  }
  uses.set(key, { ...use, at: now, open: use.open + 1, dialled: use.dialled.add(destinationOf(dial)) })
}

/** Remembers how a conversation with a virtual IP ended: the backend that answered it, if one did. */
export function endVirtual(dial: Dial, localPort: number, { server }: Pick<Outcome, 'server'>): void {
  const use = uses.get(keyOf(dial, localPort))
  if (!use) return
  use.at = performance.now()
  use.open = Math.max(0, use.open - 1)
  if (server?.local) use.servers.add(nameOf(server.local))
  else use.lost = true
  occupy(dial, localPort, server)
}

/** Remembers the port that the kernel took instead of the client's: towards this server, it is in use now. */
function occupy(dial: Dial, localPort: number, server: Outcome['server']): void {
  if (!server?.local || !server.peer || server.peer.port === localPort) return
  const key = keyOf(dial, server.peer.port)
  const use = useOf(key)
  uses.set(key, { ...use, at: performance.now(), servers: use.servers.add(nameOf(server.local)) })
}

/**
 * Whether the kernel had to change the source port of a direct conversation: the server saw another port, and this network
 * namespace has used the client's port for a virtual IP that may have led to the same server, or the kernel has already taken it
 * for such a conversation.
 */
export function sharesPort({ dial, client, server }: Outcome): boolean {
  // The view comes from the network, so any part of it may be missing.
  if (!client || !server?.peer || !server.local) return false
  if (client.local.port === server.peer.port || client.local.ip !== server.peer.ip) return false
  const use = uses.get(keyOf(dial, client.local.port))
  const isShared = use !== undefined && (use.open > 0 || use.lost || use.servers.has(nameOf(server.local)))
  if (isShared) occupy(dial, client.local.port, server)
  return isShared
}
