import { clusterRange, controlPlaneAddress, type NodeAddresses } from './addresses.ts'
import { routedRange } from './outside-addresses.ts'

/**
 * The nft table that gives packets of a node's own pods the node's address when they leave the cluster, as ip-masq-agent
 * does. The sets `excluded` have the destinations that see the pod's address: pods, nodes, the control plane, and the
 * range of the host `routed`. `own` are the addresses of the node, `nodes` those of all.
 */
export function masqueradeTable(own: readonly NodeAddresses[], nodes: readonly NodeAddresses[]): string {
  const sets = own.map(({ version }) => {
    const all = nodes.filter((other) => other.version === version).map(({ node }) => node)
    const excluded = [clusterRange(version), controlPlaneAddress(version), routedRange(version), ...all]
    return `set excluded${version} { type ipv${version}_addr; flags interval; elements = { ${excluded.join(', ')} }; }`
  })
  const rules = own.map(({ version, podRange }) => {
    const ip = version === 4 ? 'ip' : 'ip6'
    return `${ip} saddr ${podRange} ${ip} daddr != @excluded${version} masquerade fully-random`
  })
  return `table inet ip-masq
delete table inet ip-masq
table inet ip-masq {
  ${sets.join('\n  ')}
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ${rules.join('\n    ')}
  }
}`
}
