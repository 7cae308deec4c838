import { setUp } from './namespace-setup.ts'
import { lanMac, type NodeNetwork } from './nodes.ts'

const isIPv4 = (address: string) => !address.includes(':')

/**
 * The shell script after which a node answers for these addresses on the network between the nodes (ARP and neighbour
 * discovery), without having them itself. It announces them once, so that other hosts send to this node from now on.
 */
export function announce({ name, number, addresses: own }: NodeNetwork, addresses: readonly string[]): string {
  const source = own.find(({ version }) => version === 4)?.node
  return setUp(
    {
      sysctls: {
        'net/ipv4/conf/eth0/arp_notify': 1,
        'net/ipv6/conf/eth0/ndisc_notify': 1,
        'net/ipv6/conf/eth0/proxy_ndp': 1,
      },
      ip: [
        // By default the kernel lets other hosts wait for the answer for up to 0.8 s.
        'ntable change name arp_cache dev eth0 proxy_delay 0',
        'ntable change name ndisc_cache dev eth0 proxy_delay 0',
        // The kernel announces the addresses of a device when its MAC address is set.
        ...addresses.map((address) => `addr add ${momentary(address)} dev eth0`),
        `link set eth0 address ${lanMac(number)}`,
        ...addresses.map((address) => `addr del ${momentary(address)} dev eth0`),
        // Not before: the end of an IPv6 address may take its multicast group along, in which other hosts ask for it.
        ...addresses.flatMap((address) => [
          // The kernel answers ARP only for an address that it reaches by another device.
          ...(isIPv4(address) ? [`route replace ${address} dev cni0 src ${source}`] : []),
          `neigh add proxy ${address} dev eth0`,
        ]),
      ],
    },
    name,
  )
}

/** The shell script after which a node does not answer for these addresses. */
export function withdraw({ name }: NodeNetwork, addresses: readonly string[]): string {
  const ip = addresses.flatMap((address) => [
    ...(isIPv4(address) ? [`route del ${address} dev cni0`] : []),
    `neigh del proxy ${address} dev eth0`,
  ])
  return setUp({ sysctls: {}, ip }, name)
}

const momentary = (address: string) => (isIPv4(address) ? `${address}/32` : `${address}/128 nodad preferred_lft 0`)
