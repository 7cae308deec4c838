/** The nft table of a node that holds the rules of all Services. */
export const table = 'inet kube-proxy'

/** The words of nft for each version of IP, and the ending of the names of its sets and maps. */
export const dialects = {
  IPv4: { ip: 'ip', type: 'ipv4_addr', nfproto: 'ipv4', loopback: '127.0.0.0/8', suffix: '4' },
  IPv6: { ip: 'ip6', type: 'ipv6_addr', nfproto: 'ipv6', loopback: '::1', suffix: '6' },
} as const

type Dialect = (typeof dialects)[keyof typeof dialects]

/** The mark of packets that leave with the node's own address as their source. */
const masqueradeMark = '0x4000'

/** The nft statement that marks a packet to leave with the node's own address as its source. */
export const markForMasquerade = `meta mark set meta mark | ${masqueradeMark}`

// Conntrack sends the packets of a UDP flow to its first backend even after that backend is gone, and nft cannot delete
// the entry. So a flow whose backend is gone is moved to another conntrack zone. That zone has no entry for the flow,
// and a new backend is chosen. A flow is identified by its hash: nft 1.0.6 cannot write a map with keys as long as two
// IPv6 addresses.
const flow = ({ ip }: Dialect) =>
  `jhash ${ip} saddr . ${ip} daddr . udp sport . udp dport mod 4294967295 seed 0x6b756265`

function parts(dialect: Dialect): string {
  const { type, suffix } = dialect
  return `
  map services${suffix} { type ${type} . inet_proto . inet_service : verdict; }
  map nodeports${suffix} { type inet_proto . inet_service : verdict; }
  map refused${suffix} { type ${type} . inet_proto . inet_service : verdict; }
  map refusedports${suffix} { type inet_proto . inet_service : verdict; }
  set own${suffix} { type ${type} . ${type}; }
  set udp${suffix} { type ${type} . inet_service; }
  set udpports${suffix} { type inet_service; }
  set ended${suffix} { type ${type} . inet_service; flags timeout; timeout 1h; }
  set endedports${suffix} { type inet_service; flags timeout; timeout 1h; }
  set udplive${suffix} { type ${type} . inet_service . ${type} . inet_service; }
  set udpportslive${suffix} { type inet_service . ${type} . inet_service; }
  map moved${suffix} { typeof numgen inc mod 2 : ct zone; flags dynamic,timeout; timeout 1h; }`
}

function lookups(services: string, ports: string): string {
  return Object.values(dialects)
    .map(
      ({ ip, nfproto, loopback, suffix }) => `
    ${ip} daddr . meta l4proto . th dport vmap @${services}${suffix}
    meta nfproto ${nfproto} ${ip} daddr != ${loopback} fib daddr type local meta l4proto . th dport vmap @${ports}${suffix}`,
    )
    .join('')
}

function stale(dialect: Dialect): string {
  const { ip, nfproto, suffix } = dialect
  const now = `ct reply ${ip} saddr . ct reply proto-src`
  return `
    ${ip} daddr . udp dport @udp${suffix} ${ip} daddr . udp dport . ${now} != @udplive${suffix} goto move
    meta nfproto ${nfproto} udp dport @udpports${suffix} fib daddr type local udp dport . ${now} != @udpportslive${suffix} goto move
    ct status dnat ${ip} daddr . udp dport @ended${suffix} ${ip} daddr . udp dport != @udp${suffix} goto move
    meta nfproto ${nfproto} ct status dnat udp dport @endedports${suffix} udp dport != @udpports${suffix} fib daddr type local goto move`
}

function each(rule: (dialect: Dialect) => string): string {
  return Object.values(dialects).map(rule).join('')
}

const entry = (dialect: Dialect) => `@moved${dialect.suffix} { ${flow(dialect)} : numgen inc mod 65000 offset 1 }`

/**
 * The lines of nft for a table without any Service: its chains, and the hooks that they are attached to. Replaces a
 * table of that name.
 */
export const emptyTable = `table ${table}
delete table ${table}
table ${table} {${each(parts)}
  chain services {${lookups('services', 'nodeports')}
  }
  chain refusals {${lookups('refused', 'refusedports')}
  }
  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject with icmpx type port-unreachable
  }
  chain zones {${each((dialect) => `\n    ct original zone set ${flow(dialect)} map @moved${dialect.suffix}`)}
  }
  chain stale {
    meta l4proto != udp return
    ct direction reply return
    ct status & confirmed == 0 return${each(stale)}
  }
  chain move {${each((dialect) => `\n    delete ${entry(dialect)} add ${entry(dialect)}`)}
    drop
  }
  chain prerouting-zones { type filter hook prerouting priority -300; jump zones; }
  chain output-zones { type filter hook output priority -300; jump zones; }
  chain prerouting-stale { type filter hook prerouting priority -150; jump stale; }
  chain output-stale { type filter hook output priority -150; jump stale; }
  chain prerouting { type nat hook prerouting priority -100; jump services; }
  chain output { type nat hook output priority -100; jump services; }
  chain input-filter { type filter hook input priority 0; ct state new jump refusals; }
  chain forward-filter { type filter hook forward priority 0; ct state new jump refusals; }
  chain output-filter { type filter hook output priority 0; ct state new jump refusals; }
  chain postrouting {
    type nat hook postrouting priority 100
    meta mark & ${masqueradeMark} != 0 masquerade
    oifname cni0 ct status dnat ip saddr . ip daddr @own4 masquerade
    oifname cni0 ct status dnat ip6 saddr . ip6 daddr @own6 masquerade
  }
}
`
