import ipaddr from 'ipaddr.js'
import { holds } from '../../contract/cidr.ts'
import { containerOf } from '../../contract/conversation.ts'
import type { EgressMode, NodeRef, ProbeRef, StandingPod } from '../../contract/topology.ts'
import { familyOf } from '../../probe/address.ts'
import type { Dial, Outcome } from '../../probe/protocol.ts'
import type { Site } from '../site/provision.ts'
import type { FoundOutside } from './site.ts'
import { type Source, sourceOf } from './source.ts'

/** How packets leave the cluster, if it is known, or why it is not. */
export interface FoundMode {
  mode?: EgressMode
  /** Why the observer cannot be used. */
  broken?: string
  /** What the observer saw, if that was neither a pod's own address nor its node's. */
  third?: string
}

interface Known {
  pods: readonly StandingPod[]
  nodes: readonly NodeRef[]
  found: FoundOutside
}

/**
 * Finds out how packets leave the cluster: by the setting, or by what the observer sees of most clients, or by what the
 * source of the cluster knows. It also checks that the observer is outside (in no pod and on no node), and that a pod
 * or a node of the cluster reaches it.
 */
export async function findMode(
  { settings, facts, streams }: Pick<Site, 'settings' | 'facts' | 'streams'>,
  { pods, nodes, found: { outside } }: Known,
): Promise<FoundMode> {
  const declared = settings.egress === 'auto' ? facts.egress : settings.egress
  if (!outside) return declared ? { mode: declared } : {}
  const { observer } = outside
  const inside = observer.ips.find((ip) => isInside(ip, nodes, pods))
  if (inside) return { broken: `the observer ${inside} is inside the pod network, and not outside the cluster` }
  const host = nodes.find(({ internalIPs }) => internalIPs.some((ip) => observer.ips.includes(ip)))
  if (host)
    return {
      broken: `the observer ${observer.ips.join(' or ')} is on the node ${host.name}, and not outside the cluster`,
    }
  // Of a cluster that flatnet created, it is known that the host which flatnet started is within reach.
  if (settings.egress === 'auto' && declared && observer.command) return { mode: declared }
  const clients = pods.filter(({ role }) => role === 'client' || role === 'host').map((pod) => containerOf(pod))
  const dials = await Promise.all(clients.map((from) => dialObserver(streams, from, observer, settings.limits.dial)))
  const seen = clients.flatMap((from, i) => (dials[i] ?? []).map((outcome) => ({ from, outcome })))
  if (seen.every(({ outcome }) => !outcome.server))
    return { broken: `no pod and no node of this cluster reaches ${observer.pod} at ${observer.ips.join(' or ')}` }
  if (declared) return { mode: declared }
  const ofPods = seen.filter(({ from }) => !from.ips.some((ip) => from.hostIPs.includes(ip)))
  const families = Map.groupBy(ofPods, ({ outcome }) => familyOf(outcome.dial.host))
  const modes = [...families.values()].map((some) =>
    modeOf(some.map(({ from, outcome }) => sourceOf(outcome.server?.peer.ip ?? '', from, nodes))),
  )
  if (modes.every((each) => each === undefined)) return thirdIn(ofPods)
  const [mode] = modes
  // Where the IP families differ, no single mode can be asserted.
  return mode && modes.every((each) => each === mode) ? { mode } : {}
}

/** The mode that most conversations of one IP family show. */
function modeOf(sources: readonly Source[]): EgressMode | undefined {
  const count = (word: Source) => sources.filter((each) => each === word).length
  if (count('node') + count('pod') === 0) return undefined
  return count('node') >= count('pod') ? 'masquerade' : 'native'
}

/** The first address that the observer saw, where it saw no pod under its own address or that of its node. */
function thirdIn(seen: readonly { from: ProbeRef; outcome: Outcome }[]): FoundMode {
  const first = seen.find(({ outcome }) => outcome.server)
  if (!first) return {}
  const { from, outcome } = first
  return {
    third: `the observer saw ${outcome.server?.peer.ip} for ${from.pod} on ${from.node}, and no pod under its own address or that of its node. Another hop translates as well, so this row is inconclusive.`,
  }
}

/** Whether an address belongs to a pod or lies in a node's pod range. */
const isInside = (ip: string, nodes: readonly NodeRef[], pods: readonly StandingPod[]): boolean =>
  ipaddr.isValid(ip) &&
  (nodes.some(({ podCIDRs }) => podCIDRs.some((range) => holds(range, ip))) ||
    pods.some(({ role, containers }) => role !== 'host' && containers.some(({ ips }) => ips.includes(ip))))

/** One conversation by each protocol and IP family that both have. */
async function dialObserver(
  streams: Site['streams'],
  from: ProbeRef,
  observer: ProbeRef,
  deadline: number,
): Promise<Outcome[]> {
  const ips = observer.ips.filter((ip) => from.ips.some((own) => familyOf(own) === familyOf(ip)))
  const dials = ips.flatMap((host): Dial[] => [
    { protocol: 'TCP', host, port: observer.ports.tcp, deadline },
    { protocol: 'UDP', host, port: observer.ports.udp, deadline, manner: 'brief' },
  ])
  return streams.ask(from, 'dial', { dials }, deadline + 15_000)
}
