import type { NodeRef, Role } from '../../contract/topology.ts'
import { familyOf } from '../../probe/address.ts'
import type { Family, Place } from '../fault.ts'

/** Those of some addresses or ranges that are of this version of IP. */
export const inFamily = (values: readonly string[], { version }: Pick<Family, 'version'>): string[] =>
  values.filter((value) => familyOf(value) === version)

/** A standing pod's address of this version of IP; empty where it has none. */
export const podIP = (place: Place, role: Role, family: Pick<Family, 'version'>, node?: NodeRef): string =>
  inFamily(place.pod(role, node).containers[0]?.ips ?? [], family)[0] ?? ''

/** nft's word for an address's version of IP. */
export const word = (ip: string): 'ip' | 'ip6' => (familyOf(ip) === 6 ? 'ip6' : 'ip')

/** Addresses of the pods of the run on the drawn node that have some of their own. */
export const ownPodIPs = ({ topology, node }: Place, family: Pick<Family, 'version'>): string[] =>
  topology.pods
    .filter((pod) => pod.node === node.name && pod.role !== 'host')
    .flatMap(({ containers }) => inFamily(containers[0]?.ips ?? [], family))

/** nft's match for what the drawn node's pods send to pods of other nodes. */
export const leaving = ({ ip, own, others }: Family): string => `${ip} saddr ${own} ${ip} daddr ${others}`
