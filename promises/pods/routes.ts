import { onNode } from '../../cluster/commands.ts'
import { spreadOver } from '../../contract/cidr.ts'
import type { ClusterFacts } from '../../contract/cluster.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { NodeRef, Topology } from '../../contract/topology.ts'

/** The routes of one node to addresses of another node's pod range. */
export interface Routes {
  from: string
  to: string
  cidr: string
  /** The next hop and the interface for each address; `none` if the node has no route. */
  hops: Record<string, string>
}

interface Route {
  dst: string
  gateway?: string
  dev?: string
}

/** The nodes with pods of the run. Others may have a range and no network: they are not Ready, run Windows, or are virtual. */
export function nodesWithPods({ allNodes, pods }: Pick<Topology, 'allNodes' | 'pods'>): NodeRef[] {
  const present = new Set(pods.map(({ node }) => node))
  return allNodes.filter(({ name }) => present.has(name))
}

/** Asks each of these nodes for its routes to the first, the middle and the last addresses of the other nodes' pod ranges. */
export async function routesBetween(
  facts: ClusterFacts,
  nodes: readonly NodeRef[],
  all: readonly NodeRef[],
): Promise<Routes[]> {
  const found = nodes.map(async ({ name: from }) => {
    const ranges = all
      .filter(({ name }) => name !== from)
      .flatMap(({ name: to, podCIDRs }) => podCIDRs.map((cidr) => ({ from, to, cidr, addresses: spreadOver(cidr) })))
    const script = ranges.flatMap(({ addresses }) =>
      addresses.map((ip) => `ip -j route get ${ip} 2>/dev/null || echo '[]'`),
    )
    const lines = (await onNode(facts, from, script.join('\n'))).split('\n').filter((line) => line.trim() !== '')
    return ranges.map(({ addresses, ...range }): Routes => {
      const own = lines.splice(0, addresses.length)
      return { ...range, hops: Object.fromEntries(addresses.map((ip, n) => [ip, hopOf(own[n] ?? '[]')])) }
    })
  })
  return (await Promise.all(found)).flat()
}

function hopOf(line: string): string {
  const [route] = JSON.parse(line) as Route[]
  return route ? `${route.gateway ? `${route.gateway} ` : ''}dev ${route.dev ?? 'none'}` : 'none'
}

/** Every node sends packets for all addresses of another node's pod range the same way. */
export function claimOneRoute(all: readonly Routes[]): void {
  if (all.length === 0) throw new Error('no route was looked at')
  for (const { from, to, cidr, hops } of all) {
    const ways = Object.entries(hops)
    const none = ways.find(([, hop]) => hop === 'none')
    if (!none && new Set(ways.map(([, hop]) => hop)).size === 1) continue
    throw new NonConformance({
      expected: 'a node has one route for the whole pod range of another node',
      actual: `${from} sends packets for ${cidr}, the pod range of ${to}, in different ways: ${ways.map(([ip, hop]) => `${ip} ${hop === 'none' ? 'has no route' : `by ${hop}`}`).join(', ')}`,
    })
  }
}
