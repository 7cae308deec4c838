import type { Planned } from '../../contract/conversation.ts'
import type { Limits } from '../../contract/settings.ts'
import type { Dialable } from '../../fixtures/dialable.ts'
import type { Scene } from '../../fixtures/ground.ts'
import { familyOf } from '../../probe/address.ts'
import type { Protocol } from '../../probe/protocol.ts'

/** The address that a client dials, and the port if it is not that of the protocol. */
export interface Address {
  host: (ip: string) => string
  /** The only IP family that is dialled. */
  family?: 4 | 6
  /** Dials the port that the server has bound to localhost alone. An open port of the server is the control. */
  loopbackPort?: true
}

const own = (ip: string): string => ip
const loopback = (ip: string): string => (familyOf(ip) === 6 ? '::1' : '127.0.0.1')

/** The addresses that a client dials, in the words of a When. */
export const ADDRESSES: Readonly<Record<string, Address>> = {
  "the server's pod IP": { host: own },
  "the server's address": { host: own },
  "the server's IPv4 address": { host: own, family: 4 },
  "the server's IPv6 address": { host: own, family: 6 },
  localhost: { host: loopback },
  'that port on the pod IP': { host: own, loopbackPort: true },
  'that port on localhost': { host: loopback, loopbackPort: true },
}

/** The number of bytes that one conversation sends, and the protocol. */
export interface Payload {
  protocol: Protocol
  bytes: number
}

/** The payloads, in the words of a When. The datagram is larger than any common MTU, jumbo frames included. */
export const PAYLOADS: Readonly<Record<string, Payload>> = {
  'a stream of 1 MiB over TCP': { protocol: 'TCP', bytes: 1_048_576 },
  'a datagram larger than the MTU': { protocol: 'UDP', bytes: 12_000 },
}

// Port 0 would be refused as well, and prove nothing.
function closedPort({ ports: { loopback: port } }: Dialable): number {
  if (port === undefined) throw new Error('the server has no port on localhost alone')
  return port
}

const portFor = ({ ports }: Dialable, protocol: Protocol): number =>
  ports[protocol.toLowerCase() as 'tcp' | 'udp' | 'http']

/** Plans conversations of every pair of the scene by these protocols, `times` of each. A payload is sent once. */
export function plan(
  limits: Limits,
  { subjects, times }: Scene,
  protocols: readonly Protocol[],
  { host, family, loopbackPort }: Address,
  bytes?: number,
): Planned[] {
  const ofFamily = subjects.filter(({ ip }) => family === undefined || familyOf(ip) === family)
  const pairs = ofFamily.flatMap((each) => Array<Dialable>(bytes === undefined ? times : 1).fill(each))
  return protocols.flatMap((protocol) =>
    pairs.map((pair) => ({
      from: pair.client,
      to: pair.to,
      dial: {
        protocol,
        host: host(pair.ip),
        port: loopbackPort ? closedPort(pair) : portFor(pair, protocol),
        deadline: bytes === undefined ? limits.dial : limits.transfer,
        ...(bytes !== undefined && { bytes }),
        ...(pair.localPort !== undefined && { localPort: pair.localPort }),
      },
    })),
  )
}
