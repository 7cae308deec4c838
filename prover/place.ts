import { Draw } from '../contract/draw.ts'
import { Trouble } from '../contract/errors.ts'
import type { NodeRef, Topology } from '../contract/topology.ts'
import type { Family, Fault, Place } from '../faults/fault.ts'
import { inFamily } from '../faults/kit/family.ts'
import { familyOf } from '../probe/address.ts'
import type { VirtualIPs } from './virtual-ips.ts'

const set = (values: readonly string[]) => (values.length === 1 ? (values[0] ?? '') : `{ ${values.join(', ')} }`)

/** The place of a fault on this node: the node, the other nodes, and their ranges and addresses by IP family. */
export function placeOn(topology: Topology, node: NodeRef, virtual: VirtualIPs): Place {
  const others = topology.nodes.filter((each) => each.name !== node.name)
  return {
    topology,
    node,
    others,
    draw: (fault) => new Draw(topology.seed, `fault ${fault}`),
    families: node.podCIDRs.map((own) => family(topology, node, others, own, virtual)),
    pod: (role, on = node) => {
      const found = topology.pods.find((pod) => pod.role === role && pod.node === on.name)
      if (!found) throw new Trouble(`there is no standing ${role} pod on ${on.name}`)
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

/** The reason why a fault cannot be injected into this cluster; undefined if it can. */
export function unfitHere(fault: Fault, source: string, topology: Topology): string | undefined {
  if (!(fault.on as readonly string[]).includes(source)) return `the fault needs a ${fault.on.join(' or ')} cluster`
  if (topology.nodes.length < 2) return 'the fault needs two nodes'
  for (const need of fault.needs ?? []) {
    if (need === 'ipv4' && topology.nodes.every(({ podCIDRs }) => podCIDRs.every((cidr) => cidr.includes(':'))))
      return 'the fault needs IPv4'
    const capability = topology.capabilities[need]
    if (capability && !capability.has) return capability.because
  }
  return undefined
}
