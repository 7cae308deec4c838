import type { V1ServiceSpec } from '@kubernetes/client-node'
import { portsOf } from '../cluster/pods/plan.ts'
import { serviceRef } from '../cluster/pods/refs.ts'
import { containerOf, type Planned, type Target } from '../contract/conversation.ts'
import { PLAIN, POD, ROLE, RUN } from '../contract/labels.ts'
import type { ProbeRef, ServiceRef, StandingPod, Topology } from '../contract/topology.ts'
import type { Ports } from '../probe/protocol.ts'
import { triesToMeet } from '../promises/services/statistics.ts'
import type { Dialable } from './pairs.ts'
import type { Flatnet } from './world.ts'

/** So often for each backend that the chance of never meeting one of two is below 1e-12. */
export const TRIES = 20

/** The application containers of every node's client pod. */
export const clientPods = ({ pods }: Topology): ProbeRef[] =>
  pods.filter(({ role }) => role === 'client').map((pod) => containerOf(pod))

/** Standing pods that serve as backends, at least two of them, and the labels by which a Service selects them. */
export function backendsOf(topology: Topology): { pods: StandingPod[]; selector: Record<string, string> } {
  const { run, nodes, pods } = topology
  const servers = pods.filter(({ role }) => role === 'server')
  if (nodes.length > 1) return { pods: servers, selector: serverSelector(topology) }
  const clients = pods.filter(({ role }) => role === 'client')
  return { pods: [...servers, ...clients], selector: { [RUN]: run, [PLAIN]: 'true' } }
}

/** The labels by which a Service selects every node's server pod. */
export const serverSelector = ({ run }: Topology): Record<string, string> => ({ [RUN]: run, [ROLE]: 'server' })

/** A Service of the scenario's own, with a virtual IP of each family that the cluster has. */
export async function serve(world: Flatnet, noun: string, spec: V1ServiceSpec): Promise<ServiceRef> {
  const made = world.own()
  const dual = world.topology.capabilities.dual?.has ? { ipFamilyPolicy: 'PreferDualStack' } : {}
  return serviceRef(await made.serve(`${made.name}-${noun}`, { ...dual, ...spec }))
}

/** The labels by which a Service selects one standing pod alone. */
export const only = (world: Flatnet, pod: StandingPod): Record<string, string> => ({
  [RUN]: world.topology.run,
  [POD]: pod.name,
})

/** Each client with each virtual IP of a Service, which those may answer that `by` names for that client. */
export const reach = (
  service: ServiceRef,
  clients: readonly ProbeRef[],
  by: (client: ProbeRef) => readonly StandingPod[],
  ports: Ports = portsOf(0),
): Dialable[] =>
  clients.flatMap((client) => {
    const to: Target = {
      label: `Service ${service.name}`,
      node: 'the Service',
      by: by(client).map(({ uid, name }) => ({ uid, container: 'app', pod: name })),
    }
    return service.ips.map((ip) => ({ client, to, ip, ports }))
  })

/** Every node's plain pod as a client of the scenario's Service, which may be answered by these backends. */
export const clientsOf = (world: Flatnet, backends: readonly StandingPod[]): Dialable[] =>
  reach(world.service, clientPods(world.topology), () => backends)

/** A conversation of each of these by one protocol. */
export const conversations = (
  world: Flatnet,
  subjects: readonly Dialable[],
  protocol: 'TCP' | 'UDP',
  deadline = world.limits.dial,
): Planned[] =>
  subjects.map(({ client, to, ip, ports }) => ({
    from: client,
    to,
    dial: { protocol, host: ip, port: protocol === 'TCP' ? ports.tcp : ports.udp, deadline, aside: true },
  }))

/** Each client's conversation with the virtual IP, which these backends may answer. */
export const dials = (world: Flatnet, protocol: 'TCP' | 'UDP', backends: readonly StandingPod[]): Planned[] =>
  conversations(world, clientsOf(world, backends), protocol)

/** The conversations again and again, so often that every client meets each of its backends. */
export function often(once: readonly Planned[], backends = 0): Planned[] {
  const most = Math.max(backends, ...once.map(({ to }) => to.by.length))
  return Array.from({ length: triesToMeet(most, once.length) }, () => once).flat()
}
