import { z } from 'zod'
import { outsideHosts, type Topology } from './topology.ts'

/** Who has which address when the first scenario starts: what reports need to draw the cluster. */
export const Layout = z.object({
  nodes: z.array(z.object({ name: z.string(), ips: z.array(z.string()), podCIDRs: z.array(z.string()) })),
  /** The standing pods, the first container of each. */
  pods: z.array(z.object({ name: z.string(), node: z.string(), role: z.string(), ips: z.array(z.string()) })),
  outside: z.array(
    z.object({ name: z.string(), role: z.enum(['observer', 'internet', 'routed']), ips: z.array(z.string()) }),
  ),
  /** The external addresses of the internet gateway, if there is one. */
  gateway: z.array(z.string()).optional(),
  /** The virtual IPs of the standing Service. */
  service: z.array(z.string()).optional(),
})
export type Layout = z.infer<typeof Layout>

/** The largest number of nodes whose addresses the messages keep, so that a large cluster does not swell them. */
const NODES = 1000

/** The layout of a provisioned cluster: first the nodes that take part, then others. */
export function layoutOf({ nodes, allNodes, pods, outside, service }: Topology): Layout {
  const present = new Set(nodes.map(({ name }) => name))
  const others = allNodes.filter(({ name }) => !present.has(name))
  const kept = [...nodes, ...others].slice(0, NODES)
  const known = new Set(kept.map(({ name }) => name))
  const roles = new Map([
    [outside?.observer, 'observer' as const],
    [outside?.internet, 'internet' as const],
    [outside?.routed, 'routed' as const],
  ])
  return {
    nodes: kept.map(({ name, internalIPs, podCIDRs }) => ({ name, ips: internalIPs, podCIDRs })),
    pods: pods
      .filter(({ node }) => known.has(node))
      .map(({ name, node, role, containers }) => ({ name, node, role, ips: containers[0]?.ips ?? [] })),
    outside: outsideHosts(outside).map((host) => ({
      ...{ name: host.pod, role: roles.get(host) ?? ('observer' as const) },
      ips: host.ips,
    })),
    ...(outside?.gateway && { gateway: outside.gateway.external }),
    ...(service && { service: service.ips }),
  }
}
