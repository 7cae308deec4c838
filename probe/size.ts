import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { familyOf, normalise } from './address.ts'
import type { Size } from './protocol.ts'

/** The bytes of the headers of IP and UDP. */
export const HEADERS = { 4: 28, 6: 48 } as const
const DEFAULT_MTU = 1_500

/** The MTU of the interface that has this address. */
function mtuOf(ip: string): number {
  const [name] =
    Object.entries(networkInterfaces()).find(([, all]) => all?.some(({ address }) => normalise(address) === ip)) ?? []
  try {
    return Number(readFileSync(`/sys/class/net/${name}/mtu`, 'utf8')) || DEFAULT_MTU
  } catch {
    return DEFAULT_MTU
  }
}

/**
 * The size in bytes of a payload, if the interface with this address sends it. With `largest`, a packet has at most this number
 * of bytes.
 */
export function bytesOf(size: Size, from: string, largest = Number.POSITIVE_INFINITY): number {
  const headers = HEADERS[familyOf(from)]
  if (typeof size === 'number') return Math.min(size, largest - headers)
  // A loopback interface takes 64 KiB at once, and a datagram cannot be longer than that.
  const whole = Math.min(mtuOf(from), 9_000, largest) - headers
  return size === 'MTU' ? whole : whole - 1
}
