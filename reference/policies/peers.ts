import type { V1ContainerPort, V1NetworkPolicyPeer, V1NetworkPolicyPort } from '@kubernetes/client-node'
import { selects } from './selectors.ts'

/** A pod with addresses of its own, as policies see it. */
export interface PolicyPod {
  uid: string
  node: string
  namespace: string
  labels: Record<string, string>
  addresses: readonly string[]
  ports: readonly V1ContainerPort[]
}

/** What peers are chosen from: all pods, and the labels of the namespaces. */
export interface Peers {
  pods: readonly PolicyPod[]
  namespaces: ReadonlyMap<string, Record<string, string>>
}

/** The rules of a pod, from the view of one of its addresses: `far` is nft's word for the address of the other end. */
interface View {
  far: 'saddr' | 'daddr'
  ip: 'ip' | 'ip6'
}

/** nft's word for the family of an address. */
export const word = (address: string): View['ip'] => (address.includes(':') ? 'ip6' : 'ip')

/** The pods that a peer of a policy in this namespace selects. */
function podsOf({ podSelector, namespaceSelector }: V1NetworkPolicyPeer, home: string, all: Peers): PolicyPod[] {
  return all.pods.filter(
    ({ namespace, labels }) =>
      (namespaceSelector ? selects(namespaceSelector, all.namespaces.get(namespace)) : namespace === home) &&
      selects(podSelector ?? {}, labels),
  )
}

const set = (all: readonly (string | number)[]): string => `{ ${[...new Set(all)].join(', ')} }`

/** The conditions of nft on the other end, one for each family-bound way to be a peer. No peers are all peers. */
function matchesOf(peers: readonly V1NetworkPolicyPeer[], home: string, all: Peers, { far, ip }: View): string[] {
  if (peers.length === 0) return ['']
  return peers.flatMap((peer) => {
    if (!peer.ipBlock) {
      const own = podsOf(peer, home, all).flatMap(({ addresses }) => addresses.filter((each) => word(each) === ip))
      return own.length > 0 ? [`${ip} ${far} ${set(own)}`] : []
    }
    const { cidr, except = [] } = peer.ipBlock
    if (word(cidr) !== ip) return []
    return [`${ip} ${far} ${cidr}${except.map((each) => ` ${ip} ${far} != ${each}`).join('')}`]
  })
}

/** The condition of nft on a port that is a number, or on a whole protocol. */
const portMatch = ({ protocol = 'TCP', port, endPort }: V1NetworkPolicyPort): string =>
  port === undefined
    ? `meta l4proto ${protocol.toLowerCase()}`
    : `${protocol.toLowerCase()} dport ${port}${endPort === undefined ? '' : `-${endPort}`}`

const isNamed = ({ port }: V1NetworkPolicyPort): boolean => typeof port === 'string'

/** The number of a named port in a pod; empty if it has none of this name and protocol. */
const numbersIn = (pod: PolicyPod, { protocol = 'TCP', port }: V1NetworkPolicyPort): number[] =>
  pod.ports
    .filter((each) => each.name === String(port) && (each.protocol ?? 'TCP') === protocol)
    .map(({ containerPort }) => containerPort)

/** One rule of a policy: who may be at the other end, and at which ports. */
export interface Allowed {
  peers: readonly V1NetworkPolicyPeer[]
  ports: readonly V1NetworkPolicyPort[]
  /** The namespace of the policy. */
  home: string
}

/** The conditions of nft under which a rule allows a conversation of `pod`. A named port is that of the server. */
export function conditions({ peers, ports, home }: Allowed, pod: PolicyPod, all: Peers, view: View): string[] {
  const matches = matchesOf(peers, home, all, view)
  if (ports.length === 0) return matches
  return ports.flatMap((port) => {
    if (!isNamed(port)) return matches.map((match) => `${match} ${portMatch(port)}`)
    if (view.far === 'saddr')
      return numbersIn(pod, port).flatMap((number) =>
        matches.map((match) => `${match} ${portMatch({ ...port, port: number })}`),
      )
    const servers =
      peers.length === 0 ? all.pods : peers.flatMap((peer) => (peer.ipBlock ? [] : podsOf(peer, home, all)))
    return servers.flatMap((server) =>
      numbersIn(server, port).flatMap((number) =>
        server.addresses
          .filter((each) => word(each) === view.ip)
          .map((each) => `${view.ip} daddr ${each} ${portMatch({ ...port, port: number })}`),
      ),
    )
  })
}
