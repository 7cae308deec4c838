import { lanAddress, type Version } from './addresses.ts'

/** The hosts outside the cluster, by the names of their network namespaces. */
export type OutsideHost = 'outside' | 'routed' | 'gateway' | 'internet'

/** The host's address on the network between the nodes; the internet has none. */
export function lanAddressOf(host: Exclude<OutsideHost, 'internet'>, version: Version): string {
  return lanAddress(version, { gateway: 1, outside: 3, routed: 4 }[host])
}

/** The address of either end of the link between the gateway and the internet. */
export function linkAddress(host: 'gateway' | 'internet', version: Version): string {
  const n = host === 'internet' ? 1 : 2
  return version === 4 ? `198.51.100.${n}` : `2001:db8:51::${n}`
}

/** The address at which the host serves clients. */
export function serviceAddressOf(host: OutsideHost, version: Version): string {
  if (host === 'internet') return version === 4 ? '203.0.113.10' : '2001:db8:113::10'
  if (host === 'routed') return version === 4 ? '192.0.2.10' : '2001:db8:2::10'
  return lanAddressOf(host, version)
}

/** The range of the host `routed`. Packets of pods keep their source on the way to it. */
export function routedRange(version: Version): string {
  return version === 4 ? '192.0.2.0/24' : '2001:db8:2::/64'
}
