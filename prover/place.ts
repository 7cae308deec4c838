import { Trouble } from '../contract/errors.ts'
import type { NodeRef, Topology } from '../contract/topology.ts'
import type { Family, Fault, Place } from '../faults/fault.ts'
import { inFamily } from '../faults/kit/family.ts'
import { familyOf } from '../probe/address.ts'
import type { VirtualIPs } from './virtual-ips.ts'

const set = (values: readonly string[]) => (values.length === 1 ? (values[0] ?? '') : `{ ${values.join(', ')} }`)

/** Where a fault goes that was drawn for this node. @throws Trouble where ranges are not known. */
export function placeOn(topology: Topology, node: NodeRef, virtual: VirtualIPs): Place {
  const others = topology.nodes.filter((each) => each.name !== node.name)
  return {
    topology,
    node,
    others,
    families: node.podCIDRs.map((own) => family(topology, node, others, own, virtual)),
    pod: (role, on = node) => {
      const found = topology.pods.find((pod) => pod.role === role && pod.node === on.name)
      if (!found) throw new Trouble(`no ${role} pod stands on ${on.name}`)
      return found
    },
  }
}

function family(
  topology: Topology,
  node: NodeRef,
  others: readonly NodeRef[],
  own: string,
  virtual: VirtualIPs,
): Family {
  const version = familyOf(own.split('/')[0] ?? '')
  const alike = (values: readonly string[]) => inFamily(values, { version })
  const elsewhere = alike(topology.allNodes.filter(({ name }) => name !== node.name).flatMap((each) => each.podCIDRs))
  return {
    version,
    ip: version === 6 ? 'ip6' : 'ip',
    own,
    others: set(elsewhere),
    pods: set([own, ...elsewhere]),
    services: alike(virtual.ranges)[0] ?? '',
    api: alike(virtual.api)[0] ?? '',
    dns: alike(virtual.dns)[0] ?? '',
    node: alike(node.internalIPs)[0] ?? '',
    neighbour: alike(others[0]?.internalIPs ?? [])[0] ?? '',
  }
}

/** Why a fault cannot be put in here; undefined where it can. */
export function unfitHere(fault: Fault, source: string, topology: Topology): string | undefined {
  if (!(fault.on as readonly string[]).includes(source)) return `it takes ${fault.on.join(' or ')}`
  if (topology.nodes.length < 2) return 'it takes two nodes'
  for (const need of fault.needs ?? []) {
    if (need === 'ipv4' && topology.nodes.every(({ podCIDRs }) => podCIDRs.every((cidr) => cidr.includes(':'))))
      return 'it takes IPv4'
    const capability = topology.capabilities[need]
    if (capability && !capability.has) return capability.because
  }
  return undefined
}
