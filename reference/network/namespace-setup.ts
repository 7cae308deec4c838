import { inNetwork } from './world.ts'

/** What a network namespace is to have: declared by whoever needs it, applied in one go. */
export interface Declaration {
  /** Kernel settings by their path under /proc/sys; one that this kernel lacks is passed over. */
  readonly sysctls: Record<string, string | number>
  /** Lines of `ip -batch`. */
  readonly ip: readonly string[]
  /** What `nft -f` reads. */
  readonly nft?: string
}

/** The shell script that applies a declaration in a named namespace, or in the one where it runs. */
export function apply(declaration: Declaration, network?: string): string {
  const sysctls = Object.entries(declaration.sysctls).map(([name, value]) => `set_to ${value} /proc/sys/${name}\n`)
  return `${network ? inNetwork(network).join(' ') : ''} sh -es <<'NETWORK'
set_to() { if [ -e "$2" ]; then echo "$1" > "$2"; fi; }
${sysctls.join('')}${batch(declaration.ip)}${declaration.nft ? `nft -f - <<'NFT'\n${declaration.nft}\nNFT\n` : ''}
NETWORK
`
}

/** The shell script of one `ip -batch`, in the namespace where it runs or in a named one. */
export function batch(lines: readonly string[], network?: string): string {
  if (lines.length === 0) return ''
  return `ip ${network ? `-n ${network} ` : ''}-batch - <<'IP'\n${lines.join('\n')}\nIP\n`
}

/**
 * Settings that every namespace gets whatever the host has, since some are inherited: no duplicate address detection (it
 * costs a second), no redirects and no reverse path filter (same-node traffic passes the node's router).
 */
export function commonSysctls(): Record<string, string | number> {
  const each = (version: string, settings: Record<string, number>) =>
    ['all', 'default'].flatMap((device) =>
      Object.entries(settings).map(([name, value]) => [`net/${version}/conf/${device}/${name}`, value] as const),
    )
  return Object.fromEntries([
    ...each('ipv4', {
      rp_filter: 0,
      accept_redirects: 0,
      send_redirects: 0,
      accept_source_route: 0,
      route_localnet: 0,
    }),
    ...each('ipv6', { disable_ipv6: 0, accept_ra: 0, accept_dad: 0, dad_transmits: 0, accept_redirects: 0 }),
    ...['iptables', 'ip6tables', 'arptables'].map((name) => [`net/bridge/bridge-nf-call-${name}`, 0] as const),
  ])
}
