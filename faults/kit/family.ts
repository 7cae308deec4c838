import type { NodeRef, Role } from '../../contract/topology.ts'
import { familyOf } from '../../probe/address.ts'
import type { Family, Place } from '../fault.ts'

/** The addresses or ranges in `values` that belong to this IP family. */
export const inFamily = (values: readonly string[], { version }: Pick<Family, 'version'>): string[] =>
  values.filter((value) => familyOf(value) === version)

/** The address of a standing pod in this IP family; empty if it has none. */
export const podIP = (place: Place, role: Role, family: Pick<Family, 'version'>, node?: NodeRef): string =>
  inFamily(place.pod(role, node).containers[0]?.ips ?? [], family)[0] ?? ''

/** nft's keyword for the IP family of an address. */
export const word = (ip: string): 'ip' | 'ip6' => (familyOf(ip) === 6 ? 'ip6' : 'ip')

/** The addresses of the run's pods on the chosen node, without host-network pods. */
export const ownPodIPs = ({ topology, node }: Place, family: Pick<Family, 'version'>): string[] =>
  topology.pods
    .filter((pod) => pod.node === node.name && pod.role !== 'host')
    .flatMap(({ containers }) => inFamily(containers[0]?.ips ?? [], family))

/** nft's match for packets from the chosen node's pods to pods of other nodes. */
export const leaving = ({ ip, own, others }: Family): string => `${ip} saddr ${own} ${ip} daddr ${others}`

/** nft's match for packets to the chosen node's pods from pods of other nodes. */
export const arriving = ({ ip, own, others }: Family): string => `${ip} saddr ${others} ${ip} daddr ${own}`

/** nft's match for packets to virtual IPs other than those of the API and of DNS, which the node itself needs. */
export const toVirtualIPs = (family: Family): string => virtualIPsAs('daddr', family)

/** nft's match for answers of these virtual IPs. */
export const fromVirtualIPs = (family: Family): string => virtualIPsAs('saddr', family)

const virtualIPsAs = (side: 'saddr' | 'daddr', { ip, services, api, dns }: Family): string =>
  [`${ip} ${side} ${services}`, ...[api, dns].filter(Boolean).map((own) => `${ip} ${side} != ${own}`)].join(' ')
