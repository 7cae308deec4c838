import { podAddress } from './addresses.ts'
import { shell } from './commands.ts'
import { apply, batch, commonSysctls, type Declaration } from './namespace-setup.ts'
import type { NodeNetwork } from './nodes.ts'

/** A pod's own network namespace and its addresses, the primary one first. */
export interface PodNetwork {
  readonly name: string
  readonly addresses: readonly string[]
}

/** Gives out a node's pod addresses, the longest unused first, as a node's IPAM does. */
export interface AddressPool {
  take(): number
  release(place: number): void
}

/** The pool of one node: places 2 to 254. */
export function addressPool(): AddressPool {
  const free = Array.from({ length: 253 }, (_, index) => index + 2)
  return {
    take: () => {
      const place = free.shift()
      if (place === undefined) throw new Error('no IP addresses available in range set')
      return place
    },
    release: (place) => void free.push(place),
  }
}

/** The network of the pod in that place of its node's range. */
export function planPod(node: NodeNetwork, place: number): PodNetwork {
  return {
    name: `pod-${node.number}-${place}`,
    addresses: node.addresses.map(({ version }) => podAddress(version, node.number, place)),
  }
}

/**
 * Builds a pod's network: a veth pair with `eth0` in the pod and the other end on the node's bridge. Ports are isolated
 * and addresses stand alone (/32, /128), so that even a neighbour is reached through the node, where Services are
 * translated; `extra` is shell to run along with it.
 */
export async function buildPod(node: NodeNetwork, pod: PodNetwork, extra = ''): Promise<void> {
  await shell(
    [
      `ip netns add ${pod.name}\n`,
      apply(podDeclaration(node, pod), pod.name),
      batch([`link set ${port(pod)} master cni0 up`, `link set ${port(pod)} type bridge_slave isolated on`], node.name),
      extra,
    ].join(''),
  )
}

/** Takes away what there is of a pod's network. Its link goes first: the kernel takes its time over the namespace. */
export async function removePod(node: NodeNetwork, pod: PodNetwork): Promise<void> {
  await shell(
    `ip -n ${node.name} link del ${port(pod)} || true\nif [ -e /run/netns/${pod.name} ]; then ip netns del ${pod.name}; fi\n`,
  )
}

function podDeclaration(node: NodeNetwork, pod: PodNetwork): Declaration {
  return {
    sysctls: {
      ...commonSysctls(),
      'net/ipv4/ip_unprivileged_port_start': 0,
      'net/ipv4/ping_group_range': '0 0',
    },
    ip: [
      'link set lo up',
      `link add eth0 type veth peer name ${port(pod)} netns ${node.name}`,
      'link set eth0 up',
      ...node.addresses.flatMap(({ version, gateway }, index) => [
        `addr add ${pod.addresses[index]}/${version === 4 ? 32 : 128} dev eth0`,
        `route add ${gateway} dev eth0`,
        `route add default via ${gateway} dev eth0`,
      ]),
    ],
  }
}

function port(pod: PodNetwork): string {
  return pod.name.replace('pod', 'veth')
}
