import { shape } from '../shape.ts'
import { podAddress } from './addresses.ts'
import { shell } from './commands.ts'
import { batch, commonSysctls, type NamespaceSetup, setUp } from './namespace-setup.ts'
import type { NodeNetwork } from './nodes.ts'

/** A pod's own network namespace and its addresses, the primary one first. */
export interface PodNetwork {
  readonly name: string
  readonly addresses: readonly string[]
}

/**
 * Allocates numbers of addresses in a node's pod range. The number that was released first is allocated first, as IPAM
 * plug-ins do.
 */
export interface AddressPool {
  take(): number
  release(number: number): void
}

/** The pool of numbers from `first` to `last`; by default that of the pods of one node. */
export function addressPool(first = 2, last = 254): AddressPool {
  const free = Array.from({ length: last - first + 1 }, (_, index) => index + first)
  return {
    take: () => {
      const number = free.shift()
      if (number === undefined) throw new Error('no IP addresses available in range set')
      return number
    },
    release: (number) => void free.push(number),
  }
}

/** The network of the pod with the nth address of its node's pod range. Nothing is built yet. */
export function planPod(node: NodeNetwork, n: number): PodNetwork {
  return {
    name: `pod-${node.number}-${n}`,
    addresses: node.addresses.map(({ version }) => podAddress(version, node.number, n)),
  }
}

/**
 * Builds a pod's network: a veth pair with `eth0` in the pod and the other end on the node's bridge. Bridge ports are
 * isolated and addresses have no neighbours (/32, /128), so that packets between pods of one node pass the node, which
 * translates Services. `extra` is a shell script to run in the same process.
 */
export async function buildPod(node: NodeNetwork, pod: PodNetwork, extra = ''): Promise<void> {
  await shell(
    [
      `ip netns add ${pod.name}\n`,
      setUp(podSetup(node, pod), pod.name),
      batch(
        [`link set ${bridgePort(pod)} master cni0 up`, `link set ${bridgePort(pod)} type bridge_slave isolated on`],
        node.name,
      ),
      extra,
    ].join(''),
  )
}

/**
 * Removes a pod's network, or the part of it that exists. The link goes first, because the kernel removes a namespace
 * later.
 */
export async function removePod(node: NodeNetwork, pod: PodNetwork): Promise<void> {
  await shell(
    `ip -n ${node.name} link del ${bridgePort(pod)} || true\nif [ -e /run/netns/${pod.name} ]; then ip netns del ${pod.name}; fi\n`,
  )
}

function podSetup(node: NodeNetwork, pod: PodNetwork): NamespaceSetup {
  return {
    sysctls: {
      ...commonSysctls(),
      'net/ipv4/ip_unprivileged_port_start': 0,
      'net/ipv4/ping_group_range': '0 0',
    },
    ip: [
      'link set lo up',
      `link add eth0 mtu ${shape.mtu} type veth peer name ${bridgePort(pod)} mtu ${shape.mtu} netns ${node.name}`,
      'link set eth0 up',
      ...node.addresses.flatMap(({ version, gateway }, index) => [
        `addr add ${pod.addresses[index]}/${version === 4 ? 32 : 128} dev eth0`,
        `route add ${gateway} dev eth0`,
        `route add default via ${gateway} dev eth0`,
      ]),
    ],
  }
}

function bridgePort(pod: PodNetwork): string {
  return pod.name.replace('pod', 'veth')
}
