import { shape } from '../shape.ts'

export type IpFamily = 'ipv4' | 'ipv6' | 'dual'
export type Version = 4 | 6

/** A node's addresses in one version of IP. Every cluster has the same ones: each has network namespaces of its own. */
export interface NodeAddresses {
  /** The node's address on the network between the nodes. */
  readonly node: string
  /** The node's address on the network of its pods: their gateway. */
  readonly gateway: string
  /** The range of the node's pods. */
  readonly podRange: string
  readonly version: Version
}

/** The versions of IP in a cluster, the primary one first. */
export function versionsOf(family: IpFamily): Version[] {
  return family === 'dual' ? [4, 6] : [family === 'ipv6' ? 6 : 4]
}

/** The nth address of the network between the nodes; 1 is the internet gateway. */
export function lanAddress(version: Version, n: number): string {
  return version === 4 ? `172.30.0.${n}` : `fd00:172:30::${n.toString(16)}`
}

/** The address of the API for pods and nodes. */
export function controlPlaneAddress(version: Version): string {
  return lanAddress(version, 2)
}

/** The numbers of the addresses on the network between the nodes that Services of type LoadBalancer get. */
export const loadBalancerNumbers = { first: 200, last: 250 } as const

/** The prefix length of the network between the nodes. */
export function lanPrefix(version: Version): number {
  return version === 4 ? 24 : 64
}

/** The range of the pods of all nodes. */
export function clusterRange(version: Version): string {
  return version === 4 ? `${shape.pods[4]}.0.0/16` : `${shape.pods[6]}::/48`
}

/** The addresses of a node, counted from 1, in one version of IP. */
export function nodeAddresses(version: Version, node: number): NodeAddresses {
  return {
    version,
    node: lanAddress(version, 10 + node),
    gateway: podAddress(version, node, 1),
    podRange: version === 4 ? `${shape.pods[4]}.${node}.0/24` : `${shape.pods[6]}:${node.toString(16)}::/64`,
  }
}

/** The nth address in the pod range of a node. */
export function podAddress(version: Version, node: number, n: number): string {
  return version === 4 ? `${shape.pods[4]}.${node}.${n}` : `${shape.pods[6]}:${node.toString(16)}::${n.toString(16)}`
}
