import type { Target } from '../contract/conversation.ts'
import { containerOf, targetOf } from '../contract/conversation.ts'
import type { ProbeRef, StandingPod, Topology } from '../contract/topology.ts'
import { type Pair, type Placement, pairs } from '../fixtures/pairs.ts'
import { familyOf } from '../probe/address.ts'
import type { Ports } from '../probe/protocol.ts'

/** A client and whom it is to dial, before address and protocol are chosen. */
export interface Dialable {
  client: ProbeRef
  to: Target
  /** The address that stands for the server: its pod IP, a virtual IP, an observer's address. */
  ip: string
  ports: Ports
}

/** One for each family in which both have an address. */
const dialable = (client: ProbeRef, server: ProbeRef): Dialable[] =>
  server.ips
    .filter((ip) => client.ips.some((own) => familyOf(own) === familyOf(ip)))
    .map((ip) => ({ client, to: targetOf(server), ip, ports: server.ports }))

/** A pod's first container. */
export const first = (pod: StandingPod): ProbeRef => {
  const [probe] = pod.containers
  if (!probe) throw new Error(`pod ${pod.name} has no container`)
  return probe
}

const app = ({ client, server }: Pair): Dialable[] => dialable(containerOf(client), containerOf(server))

/** Pods that dial pods, by where the servers are. */
export const podToPod = (topology: Topology, placement: Placement): Dialable[] =>
  pairs(topology, 'client', 'server', placement).flatMap(app)

/** Pods of the other namespace are those that the kubelet probes; any of their containers will do. */
export const podToFar = (topology: Topology): Dialable[] =>
  pairs(topology, 'client', 'probed', 'any node').flatMap(({ client, server }) =>
    dialable(containerOf(client), first(server)),
  )

export const podToHost = (topology: Topology, placement: Placement): Dialable[] =>
  pairs(topology, 'client', 'host', placement).flatMap(app)

export const hostToPod = (topology: Topology, placement: Placement): Dialable[] =>
  pairs(topology, 'host', 'server', placement).flatMap(app)

/** On each node two pods that serve the same port number, dialled by a third one, or where there is none by each other. */
export const podToTwo = (topology: Topology): Dialable[] =>
  pairs(topology, 'client', 'server', 'the same node').flatMap((pair) => {
    const { client, server } = pair
    const third = topology.pods.find((pod) => pod.role === 'probed' && pod.node === server.node)
    const from = (other: StandingPod) => (third ? first(third) : containerOf(other))
    return [...dialable(from(client), containerOf(server)), ...dialable(from(server), containerOf(client))]
  })

/** Every container of a pod with each of its siblings. */
export const containerToSiblings = (topology: Topology): Dialable[] =>
  topology.pods
    .filter((pod) => pod.role === 'server')
    .flatMap((pod) =>
      pod.containers.flatMap((from) => pod.containers.filter((to) => to !== from).flatMap((to) => dialable(from, to))),
    )

/** The sibling of a container that has a port on localhost alone. */
export const siblingToLoopback = (topology: Topology): Dialable[] =>
  topology.pods
    .filter((pod) => pod.role === 'server')
    .flatMap((pod) => dialable(containerOf(pod, 'sibling'), containerOf(pod, 'app')))

/** Every plain pod with the observer outside. */
export function podToObserver(topology: Topology): Dialable[] {
  const { observer } = topology
  if (!observer) return []
  const to = { label: 'the observer', node: 'outside', by: [{ uid: observer.uid }] }
  return topology.pods
    .filter((pod) => pod.role === 'client')
    .map((pod) => {
      const client = containerOf(pod)
      const family = client.ips[0]?.includes(':') ?? false
      return { client, to, ip: observer.ips.find((ip) => ip.includes(':') === family) ?? '', ports: observer.ports }
    })
}
