import { stepsAround } from '../contract/ring.ts'
import type { ProbeRef } from '../contract/topology.ts'
import type { WatchFlow, WatchKind, WatchPlan } from '../probe/watch/types.ts'

/** The kinds of conversations with a pod and with a Service. */
const POD_KINDS = ['TCP kept', 'TCP new', 'UDP kept', 'UDP new'] as const satisfies readonly WatchKind[]

/** The neighbours of a node to which its probe talks. So the number of conversations grows with the number of nodes. */
const NEIGHBOURS = 2
/** All probes together ask cluster DNS so many milliseconds apart. */
const DNS_APART_MS = 5

/** What all probes reach, besides each other. */
export interface Shared {
  everyMs: number
  /** The virtual IP of the Service over all probes, and its port. */
  service?: { ip: string; port: number }
  /** The DNS server of pods, and a name of the cluster. */
  dns?: { server: string; name: string }
}

/** Whom a flow reaches: the probe of a node, the Service, or cluster DNS. */
export type Target = { node: string } | 'service' | 'dns'

const flowId = (target: Target, kind: WatchKind): string =>
  `${typeof target === 'string' ? target : `node ${target.node}`}, ${kind}`

/** The target and the kind in the id of a flow. */
export function flowOf(id: string): { target: Target; kind: WatchKind } {
  const comma = id.lastIndexOf(', ')
  const word = id.slice(0, comma)
  const target = word.startsWith('node ') ? { node: word.slice('node '.length) } : (word as 'service' | 'dns')
  return { target, kind: id.slice(comma + 2) as WatchKind }
}

/** The interval of questions to DNS: with many nodes they are rarer. */
const dnsEveryMs = (nodes: number, everyMs: number): number => Math.max(everyMs, nodes * DNS_APART_MS)

/** What each probe repeats, by the uid of its pod: conversations with its neighbours, which dial it too, with the Service and with DNS. */
export function plansFor(probes: readonly ProbeRef[], shared: Shared): Map<string, WatchPlan> {
  const ring = [...probes].sort((a, b) => a.node.localeCompare(b.node, 'en', { numeric: true }))
  const steps = stepsAround(ring.length, NEIGHBOURS)
  return new Map(
    ring.map((probe, at) => {
      const peers = steps.flatMap((step) => ring[(at + step) % ring.length] ?? [])
      const self = { host: probe.ips[0] ?? '', port: probe.ports.udp, everyMs: shared.everyMs }
      return [probe.uid, { sources: probe.ips, flows: flowsOf(peers, ring.length, shared), self }]
    }),
  )
}

function flowsOf(peers: readonly ProbeRef[], nodes: number, { everyMs, service, dns }: Shared): WatchFlow[] {
  const over = (target: Target, host: string, port: number, more: Pick<WatchFlow, 'uid'>) =>
    POD_KINDS.map((kind): WatchFlow => ({ id: flowId(target, kind), kind, host, port, everyMs, ...more }))
  return [
    ...peers.flatMap(({ node, uid, ips: [ip = ''], ports }) => over({ node }, ip, ports.tcp, { uid })),
    ...(service ? over('service', service.ip, service.port, {}) : []),
    ...(dns
      ? [
          {
            ...{ id: flowId('dns', 'DNS'), kind: 'DNS' as const, host: dns.server, port: 53, name: dns.name },
            everyMs: dnsEveryMs(nodes, everyMs),
          },
        ]
      : []),
  ]
}
