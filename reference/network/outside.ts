import { shape } from '../shape.ts'
import { lanPrefix, type NodeAddresses, type Version } from './addresses.ts'
import { gatewayTable } from './internet-gateway.ts'
import { commonSysctls, type NamespaceSetup, setUp } from './namespace-setup.ts'
import { lanAddressOf, linkAddress, type OutsideHost, serviceAddressOf } from './outside-addresses.ts'

/** The hosts that have an interface on the network between the nodes. */
type LanHost = Exclude<OutsideHost, 'internet'>

const lanHosts: readonly LanHost[] = ['gateway', 'outside', 'routed']

/** The network namespaces of the hosts outside the cluster. */
export const outsideHosts: readonly OutsideHost[] = [...lanHosts, 'internet']

/** The ends of the outside hosts' links in the world's own network namespace. */
export const outsideLinks: readonly string[] = lanHosts.map(linkOf)

/** The shell scripts that build the hosts outside the cluster. They can run at the same time. */
export function outsideScripts(nodes: readonly NodeAddresses[]): string[] {
  const versions = [...new Set(nodes.map(({ version }) => version))]
  return [
    // The gateway makes the link to the internet, so the internet needs its kernel settings before and its addresses
    // after.
    [
      setUp({ sysctls: hostSysctls(), ip: ['link set lo up'] }, 'internet'),
      setUp(gatewaySetup(versions, nodes), 'gateway'),
      setUp(internetSetup(versions), 'internet'),
    ].join(''),
    setUp(
      hostSetup('outside', versions, (version) => [`route add default via ${gateway(version)}`]),
      'outside',
    ),
    setUp(
      hostSetup('routed', versions, (version) => routes(version, nodes)),
      'routed',
    ),
  ]
}

function linkOf(host: LanHost): string {
  return `lan-${host}`
}

const gateway = (version: Version) => lanAddressOf('gateway', version)

function hostSysctls(): Record<string, string | number> {
  // Every refused connection gets its ICMP error.
  return { ...commonSysctls(), 'net/ipv4/icmp_ratelimit': 0, 'net/ipv6/icmp/ratelimit': 0 }
}

/** A host on the network between the nodes. The indexes of both ends of its link differ, as those of a node's do. */
function hostSetup(host: LanHost, versions: readonly Version[], more: (version: Version) => string[]): NamespaceSetup {
  return {
    sysctls: hostSysctls(),
    ip: [
      'link set lo up',
      `link add eth0 index 2 mtu ${shape.mtu} type veth peer name ${linkOf(host)} mtu ${shape.mtu} index ${2000 + lanHosts.indexOf(host)} netns 1`,
      'link set eth0 up',
      ...versions.flatMap((version) => [
        `addr add ${lanAddressOf(host, version)}/${lanPrefix(version)} dev eth0`,
        ...more(version),
      ]),
    ],
  }
}

function gatewaySetup(versions: readonly Version[], nodes: readonly NodeAddresses[]): NamespaceSetup {
  const { sysctls, ip } = hostSetup('gateway', versions, () => [])
  return {
    sysctls: { ...sysctls, 'net/ipv4/ip_forward': 1, 'net/ipv6/conf/all/forwarding': 1 },
    ip: [
      ...ip,
      'link add eth1 index 3 type veth peer name eth0 index 2 netns internet',
      'link set eth1 up',
      ...versions.flatMap((version) => [
        `addr add ${linkAddress('gateway', version)}/${lanPrefix(version)} dev eth1`,
        `route add default via ${linkAddress('internet', version)}`,
      ]),
    ],
    nft: gatewayTable(nodes),
  }
}

/** The internet knows only its link to the gateway: it cannot answer a packet that has a node's or a pod's address. */
function internetSetup(versions: readonly Version[]): NamespaceSetup {
  return {
    sysctls: {},
    ip: [
      'link set eth0 up',
      ...versions.flatMap((version) => [
        `addr add ${linkAddress('internet', version)}/${lanPrefix(version)} dev eth0`,
        `addr add ${serviceAddressOf('internet', version)} dev lo`,
      ]),
    ],
  }
}

/** The host `routed` has an address of its own range, and routes to all pods. */
function routes(version: Version, nodes: readonly NodeAddresses[]): string[] {
  return [
    `addr add ${serviceAddressOf('routed', version)} dev lo`,
    ...nodes
      .filter((node) => node.version === version)
      .map(({ podRange, node }) => `route add ${podRange} via ${node}`),
  ]
}
