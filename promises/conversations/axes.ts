import type { Planned } from '../../contract/conversation.ts'
import type { Draw } from '../../contract/draw.ts'
import { OUTSIDE_SYSTEM, SYSTEM } from '../../probe/ports.ts'
import type { Dial, PortRange, Protocol, Size } from '../../probe/protocol.ts'

type Sizes = NonNullable<Dial['sizes']>

/** The sizes of datagrams in each direction. Each list has a small one, those around common limits, and a full packet. */
export const DATAGRAMS: readonly Sizes[] = [
  ...[1, 512, 1_232, 1_400, 'MTU-1' as const, 'MTU' as const].map((request: Size) => ({ request })),
  ...[1, 512, 1_232, 1_400, 'MTU-1' as const, 'MTU' as const].map((answer: Size) => ({ answer })),
]

/** A stream of this size fills several packets of any MTU below 9,000 bytes. */
const LARGE = 32_768

/** The sizes of streams: small and large in each direction. */
export const STREAMS: readonly Sizes[] = [
  { request: 1, answer: LARGE },
  { request: LARGE, answer: 1 },
  { request: 1_400, answer: 512 },
  { request: 512, answer: 1_400 },
]

/** The bands of local ports. Undefined: the system picks. */
const SOURCES: readonly (PortRange | undefined)[] = [undefined, ...OUTSIDE_SYSTEM, SYSTEM]

/** Undefined: a greeting and its answer. */
const SIZES: Readonly<Record<Protocol, readonly (Sizes | undefined)[]>> = {
  TCP: [undefined, ...STREAMS],
  UDP: [undefined, ...DATAGRAMS],
  HTTP: [undefined],
}

/** The number of conversations in which a pair meets every value of every axis, if its server has this number of ports. */
export const turnsFor = (protocol: Protocol, ports: number): number =>
  Math.max(ports, SOURCES.length, SIZES[protocol].length)

/** The place of one conversation on the axes. */
export type Place = Pick<Dial, 'port' | 'sizes' | 'localPorts' | 'manner' | 'again'>

/**
 * The places of the conversations of one pair on the axes: destination port, local port, and size in each direction. Turn by turn
 * each axis goes through all of its values, from a drawn one on. So no band of an axis is dark for any pair, and the
 * combinations differ from pair to pair and from run to run.
 */
export function placesOf(draw: Draw, protocol: Protocol, ports: readonly number[], turns: number): Place[] {
  const from = { port: draw.number(0, ports.length - 1), source: draw.number(0, 99), size: draw.number(0, 99) }
  return Array.from({ length: turns }, (_, turn) => {
    const localPorts = SOURCES[(from.source + turn) % SOURCES.length]
    return {
      port: ports[(from.port + turn) % ports.length] ?? 0,
      ...carried(protocol, from.size + turn, turn),
      ...(localPorts && { localPorts }),
      // One of them uses its local port twice, because a port that was just closed has been seen on the path.
      ...(protocol === 'TCP' && turn === turns - 1 && { again: true as const }),
    }
  })
}

/** What the conversation of this turn carries. The first two by UDP send bursts, because only one of several paths may be broken. */
function carried(protocol: Protocol, size: number, turn: number): Pick<Dial, 'sizes' | 'manner'> {
  const all = SIZES[protocol]
  const sizes = all[size % all.length]
  return { ...(sizes && { sizes }), ...(protocol === 'UDP' && turn >= 2 && { manner: 'brief' }) }
}

/** The conversation of this turn with a translated address: at another port of the Service, and with another size. */
export function onTurn({ from, to, dial }: Planned, turn: number): Planned {
  if (dial.keep || dial.request || dial.manner || dial.protocol === 'HTTP') return { from, to, dial }
  const ports = [dial.port, ...(to.also ?? [])]
  const port = ports[turn % ports.length] ?? dial.port
  return { from, to, dial: { ...dial, port, ...carried(dial.protocol, turn, turn) } }
}
