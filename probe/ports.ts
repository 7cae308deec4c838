import type { PortRange } from './protocol.ts'

/** The ports that a program without privileges may not bind on most machines. */
export const PRIVILEGED: PortRange = { first: 1, last: 1_023 }
/** The usual range of node ports. */
export const NODE_PORTS: PortRange = { first: 30_000, last: 32_767 }
/** The usual range from which a system picks local ports. */
export const SYSTEM: PortRange = { first: 32_768, last: 60_999 }
/** The ports after that range. */
export const LAST: PortRange = { first: 61_000, last: 65_535 }

/**
 * The ranges outside the system's usual one, from which applications and other systems take local ports too. The ports
 * from 8,200 on belong to scenarios that name their ports.
 */
export const OUTSIDE_SYSTEM: readonly PortRange[] = [
  PRIVILEGED,
  { first: 1_024, last: 8_199 },
  { first: 10_000, last: 29_999 },
  NODE_PORTS,
  LAST,
]

/**
 * The UDP ports of tunnels (VXLAN, Geneve). A node with such a tunnel does not track packets to its own port, so a pod that leaves the
 * cluster from this port gets no answers.
 */
export const TUNNELS: ReadonlySet<number> = new Set([4_789, 6_081, 8_472])
