import {
  controlPlaneAddress,
  type IpFamily,
  lanAddress,
  lanPrefix,
  type NodeAddresses,
  nodeAddresses,
  versionsOf,
} from './addresses.ts'
import { shell } from './commands.ts'
import { apply, batch, commonSysctls, type Declaration } from './namespace-setup.ts'

/** A node as the network knows it. */
export interface NodeNetwork {
  readonly name: string
  /** From 1. */
  readonly number: number
  /** One entry a version of IP, the primary one first. */
  readonly addresses: readonly NodeAddresses[]
}

/** The nodes of a cluster of that size, before any of them is built. */
export function planNodes(count: number, family: IpFamily): NodeNetwork[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `node-${index + 1}`,
    number: index + 1,
    addresses: versionsOf(family).map((version) => nodeAddresses(version, index + 1)),
  }))
}

/** Builds the nodes and the network between them. */
export async function buildNodes(nodes: readonly NodeNetwork[]): Promise<void> {
  await shell(
    [
      batch(nodes.map((node) => `netns add ${node.name}`)),
      // In the background, because each waits for the kernel more than it computes.
      ...nodes.map(
        (node) =>
          `${apply(nodeDeclaration(node, nodes), node.name).replace("NETWORK'\n", "NETWORK' &\n")}pids="$pids $!"\n`,
      ),
      'for pid in $pids; do wait "$pid"; done\n',
      apply(lan(nodes)),
    ].join(''),
  )
}

/** A node: an interface on the LAN, a bridge for its pods, and a route to every other node's pods. */
function nodeDeclaration(node: NodeNetwork, nodes: readonly NodeNetwork[]): Declaration {
  const others = nodes.filter((other) => other !== node).flatMap((other) => other.addresses)
  return {
    sysctls: {
      ...commonSysctls(),
      ...{ 'net/ipv4/ip_forward': 1, 'net/ipv6/conf/all/forwarding': 1 },
      // Who is refused shall hear of it every time.
      ...{ 'net/ipv4/icmp_ratelimit': 0, 'net/ipv6/icmp/ratelimit': 0 },
    },
    ip: [
      'link set lo up',
      // 1 is the world's first process: the other end is in the world's own network namespace. Its index keeps clear of
      // this end's: where both are equal, the kernel takes the pair for one device and waits a second to call it up.
      `link add eth0 index 2 type veth peer name lan-${node.number} index ${1000 + node.number} netns 1`,
      // A bridge without an address of its own choice takes over those of its ports, and pods would lose their gateway.
      `link add cni0 address 0a:58:0a:f4:${hex(node.number)}:01 type bridge mcast_snooping 0`,
      'link set eth0 up',
      'link set cni0 up',
      ...node.addresses.flatMap(({ version, node: address, gateway, podRange }) => [
        `addr add ${address}/${lanPrefix(version)} dev eth0`,
        `addr add ${gateway}/${podRange.split('/')[1]} dev cni0`,
        `route add default via ${lanAddress(version, 1)} dev eth0`,
      ]),
      ...others.map((other) => `route add ${other.podRange} via ${other.node} dev eth0`),
    ],
  }
}

/** The network between the nodes, in the world's own namespace: the control plane is on it too. */
function lan(nodes: readonly NodeNetwork[]): Declaration {
  const versions = nodes[0]?.addresses.map(({ version }) => version) ?? []
  return {
    sysctls: commonSysctls(),
    ip: [
      'link add lan0 type bridge mcast_snooping 0',
      'link set lan0 up',
      ...[lanAddress, controlPlaneAddress].flatMap((place) =>
        versions.map((version) => `addr add ${place(version, 1)}/${lanPrefix(version)} dev lan0`),
      ),
      ...nodes.map((node) => `link set lan-${node.number} master lan0 up`),
      ...nodes.flatMap(({ addresses }) => addresses.map(({ podRange, node }) => `route add ${podRange} via ${node}`)),
    ],
  }
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0')
}
