import type { NodeAddresses, Version } from './addresses.ts'

const dialects = {
  4: { ip: 'ip', type: 'ipv4_addr', nfproto: 'ipv4' },
  6: { ip: 'ip6', type: 'ipv6_addr', nfproto: 'ipv6' },
} as const

const versions: readonly Version[] = [4, 6]
const lasting = 'flags dynamic,timeout; timeout 10m;'

/**
 * The nft table of the internet gateway, with eth0 on the network between the nodes and eth1 to the internet. It lets
 * packets of the nodes' own addresses pass, in the set `nodes`, and gives them its external address. The set `refused`
 * has source, destination and source port of the others; `forwarded` has, for each conversation, its source address and port before
 * the translation, its port after it, the port that it went to, and its protocol.
 */
export function gatewayTable(nodes: readonly NodeAddresses[]): string {
  const addresses = (wanted: Version) => nodes.flatMap(({ version, node }) => (version === wanted ? [node] : []))
  return `table inet internet-gateway
delete table inet internet-gateway
table inet internet-gateway {
  ${versions.map((version) => sets(version, addresses(version))).join('\n  ')}
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    ${versions.map(admission).join('\n    ')}
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    oifname eth1 masquerade
  }
  chain record {
    type filter hook postrouting priority 110;
    ${versions.flatMap(records).join('\n    ')}
  }
}`
}

function sets(version: Version, addresses: readonly string[]): string {
  const { type } = dialects[version]
  const elements = addresses.length > 0 ? ` elements = { ${addresses.join(', ')} };` : ''
  return `set nodes${version} { type ${type};${elements} }
  set refused${version} { type ${type} . ${type} . inet_service; flags dynamic,timeout; timeout 1m; }
  set forwarded${version} { type ${type} . inet_service . inet_service . inet_service . inet_proto; ${lasting} }`
}

function admission(version: Version): string {
  const { ip, nfproto } = dialects[version]
  return `iifname eth0 ${ip} saddr @nodes${version} accept
    meta nfproto ${nfproto} meta l4proto { tcp, udp } update @refused${version} { ${ip} saddr . ${ip} daddr . th sport }`
}

/** The priority comes after the translation. nft 1.0.6 knows the type of a conntrack port only after a match on its protocol. */
function records(version: Version): string[] {
  const { ip, nfproto } = dialects[version]
  const key = `ct original ${ip} saddr . ct original proto-src . ct reply proto-dst . th dport . meta l4proto`
  return ['tcp', 'udp'].map(
    (l4) =>
      `oifname eth1 ct direction original meta nfproto ${nfproto} meta l4proto ${l4} update @forwarded${version} { ${key} }`,
  )
}
