import { inNetwork } from './world.ts'

/** What a network namespace shall have. */
export interface NamespaceSetup {
  /** Kernel settings by their path under /proc/sys. A setting that this kernel lacks is skipped. */
  readonly sysctls: Record<string, string | number>
  /** Lines of `ip -batch`. */
  readonly ip: readonly string[]
  /** The input of `nft -f`. */
  readonly nft?: string
}

/** The shell script that applies a set-up in a named network namespace, or in the one where the script runs. */
export function setUp(setup: NamespaceSetup, network?: string): string {
  return `${enter(network)} <<'NETWORK'\n${commands(setup)}\nNETWORK\n`
}

/** Runs a script in the background of the shell; `wait $pids` waits for all of them. */
export function inBackground(script: string): string {
  return `{ ${script}} &\npids="$pids $!"\n`
}

const enter = (network?: string) => `${network ? inNetwork(network).join(' ') : ''} sh -es`

function commands({ sysctls, ip, nft }: NamespaceSetup): string {
  const settings = Object.entries(sysctls).map(([name, value]) => `set_to ${value} /proc/sys/${name}\n`)
  return `set_to() { if [ -e "$2" ]; then echo "$1" > "$2"; fi; }
${settings.join('')}${batch(ip)}${nft ? `nft -f - <<'NFT'\n${nft}\nNFT\n` : ''}`
}

/** The shell script of one `ip -batch`, in a named network namespace or in the one where the script runs. */
export function batch(lines: readonly string[], network?: string): string {
  if (lines.length === 0) return ''
  return `ip ${network ? `-n ${network} ` : ''}-batch - <<'IP'\n${lines.join('\n')}\nIP\n`
}

/**
 * Settings that every network namespace gets, because it inherits some from the host: no duplicate address detection,
 * which takes a second; no redirects and no reverse path filter, because packets between pods of one node pass the
 * node's router.
 */
export function commonSysctls(): Record<string, string | number> {
  const forDevices = (version: string, settings: Record<string, number>) =>
    ['all', 'default'].flatMap((device) =>
      Object.entries(settings).map(([name, value]) => [`net/${version}/conf/${device}/${name}`, value] as const),
    )
  return Object.fromEntries([
    ...forDevices('ipv4', {
      rp_filter: 0,
      accept_redirects: 0,
      send_redirects: 0,
      accept_source_route: 0,
      route_localnet: 0,
    }),
    ...forDevices('ipv6', { disable_ipv6: 0, accept_ra: 0, accept_dad: 0, dad_transmits: 0, accept_redirects: 0 }),
    ...['iptables', 'ip6tables', 'arptables'].map((name) => [`net/bridge/bridge-nf-call-${name}`, 0] as const),
  ])
}
