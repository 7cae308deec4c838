import { LAST, NODE_PORTS, PRIVILEGED, SYSTEM } from '../probe/ports.ts'
import type { PortRange } from '../probe/protocol.ts'
import { Draw } from './draw.ts'

/**
 * The bands of port numbers in which a pod's server may listen. A filter of one band leaves the others intact, so each run
 * draws a port of each band. The ports from 7000 on are those that the probes have without a draw.
 */
const BANDS: readonly PortRange[] = [
  PRIVILEGED,
  { first: 1_024, last: 6_999 },
  { first: 8_000, last: 29_999 },
  NODE_PORTS,
  SYSTEM,
  LAST,
]

/** The first port of the band in which a port lies, with the ports of the probes as a band of their own. */
export const portBand = (port: number): number =>
  [...BANDS.map(({ first }) => first), 7_000].filter((first) => first <= port).reduce((a, b) => Math.max(a, b), 0)

/** The ports of Services that most clusters have. */
const WELL_KNOWN = [80, 443, 3_306, 5_432, 6_379, 8_080, 9_092]

/** What a run draws once, for all of its scenarios. */
export interface Drawn {
  /** The further ports of the standing pods: one of each band. */
  podPorts: number[]
  /** The further ports of the standing Service: the well-known ones, and one of each band. */
  servicePorts: number[]
  [what: string]: number[]
}

/** Draws what all scenarios of a run share. */
export function drawForRun(seed: number): Drawn {
  const each = (purpose: string) => {
    const draw = new Draw(seed, purpose)
    return BANDS.map(({ first, last }) => draw.number(first, last))
  }
  const servicePorts = [...new Set([...WELL_KNOWN, ...each('ports of the standing Service')])]
  return { podPorts: each('ports of pods'), servicePorts }
}

/** The ports of these that a program in the network of a node may take: node ports lead elsewhere. */
export const onNodes = (ports: readonly number[]): number[] =>
  ports.filter((port) => port < NODE_PORTS.first || port > NODE_PORTS.last)
