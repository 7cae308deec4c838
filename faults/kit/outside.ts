import type { NodeRef, ProbeRef } from '../../contract/topology.ts'
import type { Family, Place } from '../fault.ts'
import { inFamily } from './family.ts'

const set = (ips: readonly string[]): string => (ips.length > 1 ? `{ ${ips.join(', ')} }` : (ips[0] ?? ''))

const of = (hosts: readonly (ProbeRef | undefined)[], f: Pick<Family, 'version'>): string =>
  set(hosts.flatMap((host) => inFamily(host?.ips ?? [], f)))

/** The addresses of the observer in nft's notation; empty if it has none in this IP family. */
export const observerOf = ({ topology }: Place, f: Pick<Family, 'version'>): string =>
  of([topology.outside?.observer], f)

/** The addresses of the host on the internet, as `observerOf`. */
export const internetOf = ({ topology }: Place, f: Pick<Family, 'version'>): string =>
  of([topology.outside?.internet], f)

/** The addresses of all hosts outside that packets are masqueraded to, as `observerOf`. */
export const outsideOf = ({ topology }: Place, f: Pick<Family, 'version'>): string =>
  of([topology.outside?.observer, topology.outside?.internet], f)

/** The addresses of the host outside that has routes to pods, as `observerOf`. */
export const routedOf = ({ topology }: Place, f: Pick<Family, 'version'>): string =>
  of([topology.outside?.routed ?? topology.outside?.observer], f)

/** An address on the nodes' own network that nobody has. */
export const unusedAt = ({ node }: Place, f: Family, last = 249): string => {
  const ip = inFamily(node.internalIPs, f)[0] ?? ''
  return f.version === 6 ? ip.replace(/[^:]*$/, (0xf000 + last).toString(16)) : ip.replace(/\d+$/, String(last))
}

/** The address of a node that is neither the chosen one nor `other`. */
export const sourcesAt = ({ others }: Place, f: Family, other: NodeRef): string =>
  inFamily(others.find(({ name }) => name !== other.name)?.internalIPs ?? [], f)[0] ?? ''

/** A number between two numbers that differs from run to run and stays the same within a run. */
export function between({ topology }: Place, least: number, most: number): number {
  let hash = 0
  for (const letter of topology.run) hash = (hash * 31 + letter.charCodeAt(0)) % 1_000_003
  return least + (hash % (most - least))
}
