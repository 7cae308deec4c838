import type { Workbench } from '../../cluster/workbench.ts'
import { containerOf, type Observed, type Planned } from '../../contract/conversation.ts'
import { isOutside, type ProbeRef, type Topology } from '../../contract/topology.ts'
import { type Dialable, dialable, hasFamilyOf } from '../../fixtures/dialable.ts'
import { type Path, pods } from '../../fixtures/outages.ts'
import { clientProbes, clientsWithService, conversations, standing } from '../../fixtures/service-clients.ts'
import { triesToMeet } from '../../fixtures/statistics.ts'
import { familyOf } from '../../probe/address.ts'
import { isStarved } from '../conversations/claims.ts'
import { converse } from '../conversations/converse.ts'

/**
 * The paths that a client needs to be answered by these backends: to virtual IPs, to the node of each of them, and through a
 * virtual IP to this node. If one of them is dead, that explains a time-out. The controls are conversations with standing
 * pods at their own addresses, and with the standing Service. For a node port, its node forwards the packets, so the pods
 * of that node open the controls. Packets that come into a node from elsewhere need a path from another node too.
 */
export function pathsTo(bench: Workbench, planned: Planned, uids: readonly string[]): Path[] {
  const { from, to, dial } = planned
  const { protocol, host } = dial
  const { topology } = bench
  if (protocol !== 'TCP' && protocol !== 'UDP') return []
  const entry = topology.nodes.find(({ internalIPs }) => internalIPs.includes(host))?.name
  const clients = clientProbes(topology)
  const sender = entry ? clients.find(({ node }) => node === entry) : isOutside(from) ? undefined : from
  const backends = to.by.filter(({ uid }) => uids.includes(uid) && uid !== sender?.uid)
  const known = (uid: string) => topology.pods.find((pod) => pod.uid === uid)?.node
  const ends = [...new Set(backends.map(({ uid, node }) => node ?? known(uid) ?? to.node))]
  const isService = topology.nodes.every(({ name }) => name !== to.node)
  const through = sender && isService ? toService(topology, sender) : []
  const isFamily = ({ client, ip }: Dialable) => familyOf(ip) === familyOf(host) && !client.ips.includes(ip)
  const over = (subjects: Dialable[], node?: string) =>
    subjects.filter(isFamily).map((subject) => pathOver(bench, subject, protocol, node))
  return [
    ...over(through),
    ...over(arrivals(topology, from, entry, ends)),
    ...ends.flatMap((node) => [...over(toNode(topology, sender, node)), ...over(through, node)]),
  ]
}

/**
 * The path into the node whose address is dialled, for a client elsewhere. A client outside the cluster is no control, so a pod of
 * another node takes its place on the way to backends of the node where it enters, or of any node behind a load balancer.
 */
function arrivals(topology: Topology, from: ProbeRef, entry: string | undefined, ends: readonly string[]): Dialable[] {
  if (!isOutside(from)) return entry && entry !== from.node ? toNode(topology, from, entry) : []
  const into = ends.filter((node) => entry === undefined || entry === node)
  return into.flatMap((end) => {
    const other = clientProbes(topology).find(({ node }) => node !== end)
    return toNode(topology, other, end)
  })
}

/** The paths by this protocol from the pods and the host network of each node, to the pods of each node and to the standing Service. */
function everyPath(bench: Workbench, protocol: 'TCP' | 'UDP'): Path[] {
  const { topology } = bench
  const hosts = standing(topology, 'host').map((pod) => containerOf(pod))
  return [...clientProbes(topology), ...hosts].flatMap((client) => {
    const pods = topology.nodes.flatMap(({ name }) => toNode(topology, client, name))
    const through = toService(topology, client).filter(({ ip }) => hasFamilyOf(ip, client))
    return [...pods, ...through].map((subject) => pathOver(bench, subject, protocol))
  })
}

/** The client, and the standing pod on that node. */
const toNode = (topology: Topology, client: ProbeRef | undefined, node: string): Dialable[] =>
  standing(topology, 'server')
    .filter((pod) => pod.node === node)
    .flatMap((pod) => (client ? dialable(client, containerOf(pod)) : []))

/** The client, and the standing Service. */
const toService = (topology: Topology, client: ProbeRef): Dialable[] =>
  topology.service ? clientsWithService(topology.service, [client], () => standing(topology, 'server')) : []

/** The conversations of a control that any backend may answer. Each of them goes to a backend of its own. */
const ANY = 8

/**
 * The path of these conversations to the backends on a node, or to any. Half of their source ports are the system's, and half are
 * others. So many are opened that a control does not miss a backend by chance.
 */
function pathOver(bench: Workbench, subject: Dialable, protocol: 'TCP' | 'UDP', node?: string): Path {
  const { client, to, ip } = subject
  const planned = conversations(bench.topology.settings.limits, [subject], [protocol])
  const isThere = ({ outcome: { server } }: Observed) => server && (node === undefined || server.identity.node === node)
  const where = node === undefined || to.by.length === 1 ? '' : `, backend on ${node}`
  return {
    name: `${protocol} from ${pods(client)} to ${ip} (${to.label}${where})`,
    client: client.uid,
    kin: { of: protocol, paths: () => everyPath(bench, protocol) },
    isAlive: async () => {
      const tries = node === undefined ? Math.min(ANY, to.by.length ** 2) : triesToMeet(to.by.length, 1)
      const all = await converse(bench, Array.from({ length: tries }, () => planned).flat())
      if (all.some(isThere)) return true
      const silent = all.filter(({ outcome }) => outcome.failure === 'timeout')
      return silent.length === 0 || silent.some(isStarved) ? undefined : false
    },
  }
}
