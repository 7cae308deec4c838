import { readFileSync } from 'node:fs'
import type { Arrival, Endpoint } from '../protocol.ts'

/** The number of datagrams that the log keeps. */
const KEPT = 4_096

/** The datagrams that arrived last, answered or not. */
export class ArrivalLog {
  readonly #arrivals: Arrival[] = []

  add(arrival: Arrival): void {
    this.#arrivals.push(arrival)
    if (this.#arrivals.length > KEPT) this.#arrivals.shift()
  }

  /** The arrivals whose word is one of these. */
  of(nonces: readonly string[]): Arrival[] {
    const wanted = new Set(nonces)
    return this.#arrivals.filter(({ nonce }) => nonce !== undefined && wanted.has(nonce))
  }
}

/** The kernel's number for the state SYN_RECV. */
const SYN_RECV = '03'

/** The TCP connections of this network namespace whose SYN was answered and whose client has not replied since. */
export const halfOpen = (): Arrival[] => ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((path) => readHalfOpen(path))

function readHalfOpen(path: string): Arrival[] {
  try {
    return halfOpenIn(readFileSync(path, 'utf8'))
  } catch {
    return []
  }
}

/** The half-open connections in the text of /proc/net/tcp or /proc/net/tcp6. */
export const halfOpenIn = (text: string): Arrival[] =>
  text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([, local = '', peer = '', state]): Arrival[] =>
      state === SYN_RECV ? [{ protocol: 'TCP', peer: endpointOf(peer), local: endpointOf(local) }] : [],
    )

/** The kernel writes an address as 32-bit words in the machine's byte order (little-endian here), and the port in hexadecimal. */
function endpointOf(word: string): Endpoint {
  const [address = '', port = '0'] = word.split(':')
  const bytes = Buffer.from(address, 'hex')
  for (let at = 0; at < bytes.length; at += 4) bytes.subarray(at, at + 4).reverse()
  return { ip: textOf(bytes), port: Number.parseInt(port, 16) }
}

function textOf(bytes: Buffer): string {
  const isMapped = bytes.length === 16 && bytes.subarray(0, 12).toString('hex') === '00000000000000000000ffff'
  if (bytes.length === 4 || isMapped) return bytes.subarray(-4).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16))
  // A URL normalises an IPv6 address.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
