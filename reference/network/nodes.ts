import { shape } from '../shape.ts'
import {
  controlPlaneAddress,
  type IpFamily,
  lanPrefix,
  type NodeAddresses,
  nodeAddresses,
  versionsOf,
} from './addresses.ts'
import { shell } from './commands.ts'
import { masqueradeTable } from './ip-masq.ts'
import { batch, commonSysctls, inBackground, type NamespaceSetup, setUp } from './namespace-setup.ts'
import { outsideHosts, outsideLinks, outsideScripts } from './outside.ts'
import { lanAddressOf, routedRange } from './outside-addresses.ts'

/** A node's part of the network. */
export interface NodeNetwork {
  readonly name: string
  /** Counted from 1. */
  readonly number: number
  /** One entry for each version of IP, the primary one first. */
  readonly addresses: readonly NodeAddresses[]
}

/** The nodes of a cluster with `count` nodes. Nothing is built yet. */
export function planNodes(count: number, family: IpFamily): NodeNetwork[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `node-${index + 1}`,
    number: index + 1,
    addresses: versionsOf(family).map((version) => nodeAddresses(version, index + 1)),
  }))
}

/** Builds the nodes, the network between them, and the hosts outside the cluster. */
export async function buildNodes(nodes: readonly NodeNetwork[]): Promise<void> {
  const addresses = nodes.flatMap((node) => node.addresses)
  await shell(
    [
      batch([...outsideHosts, ...nodes.map(({ name }) => name)].map((name) => `netns add ${name}`)),
      // All at the same time: each spends most of its time waiting for the kernel.
      ...[...outsideScripts(addresses), ...nodes.map((node) => setUp(nodeSetup(node, nodes), node.name))].map(
        inBackground,
      ),
      'for pid in $pids; do wait "$pid"; done\n',
      setUp(lanSetup(nodes)),
    ].join(''),
  )
}

/**
 * A node has an interface on the network between the nodes, a bridge for its pods, and a route to the pods of every
 * other node.
 */
function nodeSetup(node: NodeNetwork, nodes: readonly NodeNetwork[]): NamespaceSetup {
  const peers = nodes.filter((other) => other !== node)
  const all = nodes.flatMap((other) => other.addresses)
  return {
    sysctls: {
      ...commonSysctls(),
      'net/ipv4/ip_forward': 1,
      'net/ipv6/conf/all/forwarding': 1,
      // Every refused connection gets its ICMP error.
      'net/ipv4/icmp_ratelimit': 0,
      'net/ipv6/icmp/ratelimit': 0,
    },
    ip: [
      'link set lo up',
      // Process 1 is the world's first one: the other end is in the world's own network namespace. The two ends get
      // different indexes. With equal ones the kernel takes the pair for one device, and the link comes up a second
      // later.
      `link add eth0 index 2 address ${lanMac(node.number)} mtu ${shape.mtu} type veth peer name lan-${node.number} mtu ${shape.mtu} index ${1000 + node.number} netns 1`,
      // Without a fixed MAC address a bridge takes that of a port, changes it when ports come and go, and pods lose
      // their gateway.
      `link add cni0 address 0a:58:0a:f4:${hex(node.number)}:01 mtu ${shape.mtu} type bridge mcast_snooping 0`,
      'link set eth0 up',
      'link set cni0 up',
      ...node.addresses.flatMap(({ version, node: address, gateway, podRange }) => [
        `addr add ${address}/${lanPrefix(version)} dev eth0`,
        `addr add ${gateway}/${podRange.split('/')[1]} dev cni0`,
        `route add default via ${lanAddressOf('gateway', version)} dev eth0`,
        `route add ${routedRange(version)} via ${lanAddressOf('routed', version)} dev eth0`,
      ]),
      ...peers.flatMap(({ number, addresses }) =>
        addresses.flatMap(({ podRange, node: address }) => [
          // The kernel counts the neighbours that it finds itself for all namespaces together, and drops packets above 1,024.
          `neigh add ${address} lladdr ${lanMac(number)} dev eth0 nud permanent`,
          `route add ${podRange} via ${address} dev eth0`,
        ]),
      ),
    ],
    nft: masqueradeTable(node.addresses, all),
  }
}

/**
 * The network between the nodes is a bridge in the world's own network namespace. The control plane has an address on
 * it.
 */
function lanSetup(nodes: readonly NodeNetwork[]): NamespaceSetup {
  const versions = nodes[0]?.addresses.map(({ version }) => version) ?? []
  return {
    sysctls: commonSysctls(),
    ip: [
      `link add lan0 mtu ${shape.mtu} type bridge mcast_snooping 0`,
      'link set lan0 up',
      ...versions.map((version) => `addr add ${controlPlaneAddress(version)}/${lanPrefix(version)} dev lan0`),
      ...[...outsideLinks, ...nodes.map(({ number }) => `lan-${number}`)].map(
        (link) => `link set ${link} master lan0 up`,
      ),
      ...nodes.flatMap(({ addresses }) => addresses.map(({ podRange, node }) => `route add ${podRange} via ${node}`)),
    ],
  }
}

/** The MAC address of a node on the network between the nodes; a node announces the addresses of load balancers with it. */
export const lanMac = (number: number): string => `0a:58:ac:1e:00:${hex(10 + number)}`

function hex(number: number): string {
  return number.toString(16).padStart(2, '0')
}
