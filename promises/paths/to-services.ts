import type { Workbench } from '../../cluster/workbench.ts'
import { containerOf, type Planned } from '../../contract/conversation.ts'
import { isOutside, type ProbeRef, type Topology } from '../../contract/topology.ts'
import { type Dialable, dialable } from '../../fixtures/dialable.ts'
import { type Path, pods } from '../../fixtures/outages.ts'
import { clientProbes, clientsWithService, conversations, standing } from '../../fixtures/service-clients.ts'
import { familyOf } from '../../probe/address.ts'
import { isStarved } from '../conversations/claims.ts'
import { converse } from '../conversations/converse.ts'

/** The conversations of one control. A client of a Service must not miss a living backend by chance. */
const TRIES = 10

/**
 * The paths that a client needs to be answered by these backends: to the node of each of them, and to virtual IPs. If one of
 * them is dead, that explains a time-out. The controls are conversations with standing pods at their own addresses, and with
 * the standing Service. For a node port, its node forwards the packets, so the pods of that node open the controls.
 */
export function pathsTo(bench: Workbench, planned: Planned, uids: readonly string[]): Path[] {
  const { to, dial } = planned
  const { protocol, host } = dial
  const { topology } = bench
  const from = senderOf(topology, planned)
  if (!from || (protocol !== 'TCP' && protocol !== 'UDP')) return []
  const backends = to.by.filter(({ uid }) => uids.includes(uid) && uid !== from.uid)
  const known = (uid: string) => topology.pods.find((pod) => pod.uid === uid)?.node
  const ends = new Set(backends.map(({ uid, node }) => node ?? known(uid) ?? to.node))
  const isService = topology.nodes.every(({ name }) => name !== to.node)
  const subjects = [
    ...[...ends].flatMap((node) => toNode(topology, from, node)),
    ...(isService ? toService(topology, from) : []),
  ]
  return subjects
    .filter(({ client, ip }) => familyOf(ip) === familyOf(host) && !client.ips.includes(ip))
    .map((subject) => pathOver(bench, subject, protocol))
}

/** The client; for a node port a client pod of its node; undefined where the packets enter the cluster in another way. */
function senderOf(topology: Topology, { from, dial }: Planned): ProbeRef | undefined {
  const entry = topology.nodes.find(({ internalIPs }) => internalIPs.includes(dial.host))
  if (!entry) return isOutside(from) ? undefined : from
  return clientProbes(topology).find(({ node }) => node === entry.name)
}

/** The client, and the standing pod on that node. */
const toNode = (topology: Topology, client: ProbeRef, node: string): Dialable[] =>
  standing(topology, 'server')
    .filter((pod) => pod.node === node)
    .flatMap((pod) => dialable(client, containerOf(pod)))

/** The client, and the standing Service. */
const toService = (topology: Topology, client: ProbeRef): Dialable[] =>
  topology.service ? clientsWithService(topology.service, [client], () => standing(topology, 'server')) : []

/** The path of these conversations. Half of their source ports are the system's, and half are others. */
function pathOver(bench: Workbench, subject: Dialable, protocol: 'TCP' | 'UDP'): Path {
  const { client, to, ip } = subject
  const planned = conversations(bench.topology.settings.limits, [subject], [protocol])
  return {
    name: `${protocol} from ${pods(client)} to ${ip} (${to.label})`,
    client: client.uid,
    isAlive: async () => {
      const all = await converse(bench, Array.from({ length: TRIES }, () => planned).flat())
      if (all.some(({ outcome }) => outcome.failure !== 'timeout')) return true
      return all.length === 0 || all.some(isStarved) ? undefined : false
    },
  }
}
