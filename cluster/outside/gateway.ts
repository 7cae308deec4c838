import { z } from 'zod'
import type { ClusterFacts } from '../../contract/cluster.ts'
import { Trouble } from '../../contract/errors.ts'
import type { Gateway } from '../../contract/topology.ts'
import { familyOf } from '../../probe/address.ts'
import { complaint, tool } from '../commands.ts'

/** The nft table of an internet gateway. */
const TABLE = 'inet internet-gateway'

/** The name under which commands run on the internet gateway, as on a node. */
export const GATEWAY = 'internet-gateway'

/** The facts with the internet gateway among the machines on which commands can be run. */
export const withGateway = (facts: ClusterFacts, shell = facts.outside?.gateway?.shell): ClusterFacts =>
  shell ? { ...facts, nodeShell: { ...facts.nodeShell, [GATEWAY]: shell } } : facts

/** How long the gateway remembers a conversation. It is longer than any scenario. */
const KEPT = '10m'

/** The networks of a gateway in one IP family. */
export interface Sides {
  /** The range of the internet network. */
  internet: string
  /** The gateway's own address on the internet network. */
  external: string
}

const family = (ip: string) =>
  familyOf(ip) === 6 ? { ip: 'ip6', n: '6', type: 'ipv6_addr' } : { ip: 'ip', n: '4', type: 'ipv4_addr' }

/**
 * The input of nft for an internet gateway. It forwards what comes from the nodes' own addresses, refuses every other
 * source, and translates to its external address. It remembers whom it refused, and the address that each conversation
 * had before the translation.
 */
export function gatewayTable(nodes: readonly string[], sides: readonly Sides[]): string {
  const each = (lines: (side: Sides, word: ReturnType<typeof family>) => string) =>
    sides.map((side) => lines(side, family(side.external))).join('\n')
  const own = (n: string) => nodes.filter((ip) => family(ip).n === n).join(', ')
  return `table ${TABLE} {
${each(
  (_, { n, type }) => `  set nodes${n} { type ${type}; ${own(n) && `elements = { ${own(n)} };`} }
  set refused${n} { type ${type} . ${type} . inet_service; flags dynamic,timeout; timeout 1m; }
  set forwarded${n} { type ${type} . inet_service . inet_service . inet_proto; flags dynamic,timeout; timeout ${KEPT}; }`,
)}
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
${each(
  ({ internet }, { ip, n }) => `    ${ip} daddr ${internet} ${ip} saddr @nodes${n} accept
    meta l4proto { tcp, udp } update @refused${n} { ${ip} saddr . ${ip} daddr . th sport }`,
)}
  }
  chain translate {
    type nat hook postrouting priority 100;
${each(({ internet, external }, { ip }) => `    ${ip} daddr ${internet} snat ${ip} to ${external}`)}
  }
  chain remember {
    type filter hook postrouting priority 110;
${each(
  ({ internet }, { ip, n }) =>
    `    ${ip} daddr ${internet} ct direction original meta l4proto { tcp, udp } update @forwarded${n} { ct original ${ip} saddr . th sport . th dport . meta l4proto }`,
)}
  }
}`
}

/** A conversation that the gateway forwarded: its source before the translation, its external port after it, and where it went. */
export interface Forwarded {
  source: string
  port: number
  destinationPort: number
  protocol: 'TCP' | 'UDP'
}

/** What a gateway remembers. */
export interface Memory {
  /** The conversations, the last one first: a port may have belonged to another conversation before. */
  forwarded: Forwarded[]
  /** What it refused within the last minute. */
  refused: { source: string; destination: string; port: number }[]
}

const Value = z.union([z.string(), z.number()])
/** nft writes an element of a set with a timeout as an object. `expires` are the seconds until it is forgotten. */
const Element = z.looseObject({
  elem: z.looseObject({ val: z.looseObject({ concat: z.array(Value) }), expires: z.number().default(0) }),
})
const Listing = z.looseObject({
  nftables: z.array(
    z.looseObject({ set: z.looseObject({ name: z.string(), elem: z.array(z.unknown()).optional() }).optional() }),
  ),
})

/** The elements of the sets whose names begin with this word, the one that was seen last first. */
function elements(listing: z.infer<typeof Listing>, word: string): z.infer<typeof Value>[][] {
  return listing.nftables
    .flatMap(({ set }) => (set?.name.startsWith(word) ? (set.elem ?? []) : []))
    .flatMap((each) => Element.safeParse(each).data?.elem ?? [])
    .sort((one, other) => other.expires - one.expires)
    .map(({ val }) => val.concat)
}

/** Reads what a gateway remembers from the JSON of `nft list table`. */
export function memoryIn(json: string): Memory {
  const listing = Listing.parse(JSON.parse(json))
  return {
    forwarded: elements(listing, 'forwarded').map(([source = '', ...rest]) => {
      const [port = 0, destinationPort = 0] = rest.filter((value) => typeof value === 'number').slice(-2)
      return { source: String(source), port, destinationPort, protocol: rest.includes('udp') ? 'UDP' : 'TCP' }
    }),
    refused: elements(listing, 'refused').map(([source = '', destination = '', port]) => ({
      source: String(source),
      destination: String(destination),
      port: Number(port),
    })),
  }
}

const READ_MS = 10_000

/** Asks a gateway what it remembers. @throws Trouble if the gateway does not answer, for example because it ended. */
export async function readGateway({ shell }: Gateway): Promise<Memory> {
  try {
    return memoryIn(await tool([...shell, 'nft', '-j', 'list', 'table', ...TABLE.split(' ')], { timeout: READ_MS }))
  } catch (error) {
    throw new Trouble(`the internet gateway does not answer: ${complaint(error)}`)
  }
}
