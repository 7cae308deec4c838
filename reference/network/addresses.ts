export type IpFamily = 'ipv4' | 'ipv6' | 'dual'
export type Version = 4 | 6

/** The address plan, the same in every cluster: each is a world of its own. */
export interface NodeAddresses {
  /** On the network between the nodes. */
  readonly node: string
  /** The gateway of the node's pods: the node's end of their network. */
  readonly gateway: string
  /** What the node's pods take their addresses from. */
  readonly podRange: string
  readonly version: Version
}

/** The versions of IP in a cluster, the primary one first. */
export function versionsOf(family: IpFamily): Version[] {
  return family === 'dual' ? [4, 6] : [family === 'ipv6' ? 6 : 4]
}

/** The address of a place on the network between the nodes, with its prefix length; 1 is the way out. */
export function lanAddress(version: Version, place: number): string {
  return version === 4 ? `172.30.0.${place}` : `fd00:172:30::${place.toString(16)}`
}

/** Where pods and nodes reach the API. */
export function controlPlaneAddress(version: Version): string {
  return lanAddress(version, 2)
}

/** The prefix length of the network between the nodes. */
export function lanPrefix(version: Version): number {
  return version === 4 ? 24 : 64
}

/** The nth node's addresses (from 1) in one version of IP. */
export function nodeAddresses(version: Version, n: number): NodeAddresses {
  return {
    version,
    node: lanAddress(version, 10 + n),
    gateway: podAddress(version, n, 1),
    podRange: version === 4 ? `10.244.${n}.0/24` : `fd00:10:244:${n.toString(16)}::/64`,
  }
}

/** An address in the nth node's pod range. */
export function podAddress(version: Version, n: number, place: number): string {
  return version === 4 ? `10.244.${n}.${place}` : `fd00:10:244:${n.toString(16)}::${place.toString(16)}`
}
