import type { Planned } from '../../contract/conversation.ts'
import type { Draw } from '../../contract/draw.ts'
import type { Limits } from '../../contract/settings.ts'
import type { Dialable } from '../../fixtures/dialable.ts'
import type { Scene } from '../../fixtures/ground.ts'
import { familyOf } from '../../probe/address.ts'
import type { Dial, Life, Protocol } from '../../probe/protocol.ts'
import { DATAGRAMS, placesOf, STREAMS, turnsFor } from './axes.ts'

/** The address that a client dials, and the port if it is not that of the protocol. */
export interface Address {
  host: (ip: string) => string
  /** The only IP family that is dialled. */
  family?: 4 | 6
  /** Dials every port of the server that answers by both protocols: one of each range. */
  everyPort?: true
  /** Dials the port that the server has bound to localhost alone. An open port of the server is the control. */
  loopbackPort?: true
}

const own = (ip: string): string => ip
const loopback = (ip: string): string => (familyOf(ip) === 6 ? '::1' : '127.0.0.1')

/** The addresses that a client dials, in the words of a When. */
export const ADDRESSES: Readonly<Record<string, Address>> = {
  "the server's pod IP": { host: own },
  "the server's address": { host: own },
  "a port of every range of the server's pod IP": { host: own, everyPort: true },
  "the server's IPv4 address": { host: own, family: 4 },
  "the server's IPv6 address": { host: own, family: 6 },
  localhost: { host: loopback },
  'that port on the pod IP': { host: own, loopbackPort: true },
  'that port on localhost': { host: loopback, loopbackPort: true },
}

/** What conversations carry, and by which protocol. */
export interface Payload {
  protocol: Protocol
  /** The number of bytes of one conversation. TCP sends them back. */
  bytes?: number
  /** One conversation for each of these sizes. */
  sizes?: readonly NonNullable<Dial['sizes']>[]
  /** What happens on one connection. */
  life?: (draw: Draw) => Life
}

/** A rest that is longer than the short time-outs of a broken connection tracker, and shorter than any sound one. */
export const rested = (draw: Draw): Life => ({ idleMs: draw.number(6_000, 9_000) })

/** The payloads, in the words of a When. The datagram is larger than any common MTU, jumbo frames included. */
export const PAYLOADS: Readonly<Record<string, Payload>> = {
  'a stream of 1 MiB over TCP': { protocol: 'TCP', bytes: 1_048_576 },
  'a datagram larger than the MTU': { protocol: 'UDP', bytes: 12_000 },
  'streams of many sizes': { protocol: 'TCP', sizes: STREAMS },
  'datagrams of many sizes': { protocol: 'UDP', sizes: DATAGRAMS },
  'a request on a TCP connection that was idle for a while': { protocol: 'TCP', life: rested },
  'a request from a UDP socket that was idle for a while': { protocol: 'UDP', life: rested },
  'many requests on one connection': { protocol: 'TCP', life: () => ({ requests: 50 }) },
  'a request that is answered late, after the client has closed its side': {
    protocol: 'TCP',
    life: (draw) => ({ lateMs: draw.number(700, 1_500) }),
  },
}

// Port 0 would be refused as well, and prove nothing.
function closedPort({ ports: { loopback: port } }: Dialable): number {
  if (port === undefined) throw new Error('the server has no port on localhost alone')
  return port
}

const portFor = ({ ports }: Dialable, protocol: Protocol): number =>
  ports[protocol.toLowerCase() as 'tcp' | 'udp' | 'http']

/** What a plan of conversations needs to know of its scenario. */
export interface Planning {
  limits: Limits
  draw: Draw
}

/**
 * Plans conversations of every pair of the scene by these protocols, `times` of each. Conversations with a server's own address
 * are as many as the axes need, and each has its place there. A payload is sent once.
 */
export function plan(
  { limits, draw }: Planning,
  { subjects, times }: Scene,
  protocols: readonly Protocol[],
  address: Address,
  payload?: Payload,
): Planned[] {
  const { host, family, loopbackPort, everyPort } = address
  const pairs = subjects.filter(({ ip }) => family === undefined || familyOf(ip) === family)
  return protocols.flatMap((protocol) =>
    pairs.flatMap((pair) => {
      const port = loopbackPort ? closedPort(pair) : portFor(pair, protocol)
      const dial = { protocol, host: host(pair.ip), deadline: limits.dial }
      const one = (more: Partial<Dial>) => ({ from: pair.client, to: pair.to, dial: { ...dial, port, ...more } })
      if (payload) return payloadsOf({ limits, draw }, payload, protocol).map(one)
      if (pair.localPort !== undefined) return Array(times).fill(one({ localPort: pair.localPort }))
      if (everyPort) return [port, ...(pair.ports.also ?? [])].map((each) => one({ port: each }))
      if (times === 1 || loopbackPort || host !== own) return Array(times).fill(one({}))
      const ports = [port, ...(protocol === 'HTTP' ? [] : (pair.ports.also ?? []))]
      return placesOf(draw, protocol, ports, Math.max(times, turnsFor(protocol, ports.length))).map(one)
    }),
  )
}

/** The conversations that carry a payload. A datagram needs no more time than any other conversation. */
export const payloadsOf = (
  { limits, draw }: Planning,
  { bytes, sizes, life }: Payload,
  protocol: Protocol,
): Partial<Dial>[] => {
  if (bytes !== undefined) return [{ bytes, ...(protocol !== 'UDP' && { deadline: limits.transfer }) }]
  if (life) return [{ life: life(draw) }]
  return (sizes ?? []).map((each) => ({ sizes: each }))
}
