import { shell } from './commands.ts'
import { setUp } from './namespace-setup.ts'
import type { NodeNetwork } from './nodes.ts'

/** The parts of a pod that its host ports depend on. */
export interface PortedPod {
  readonly spec: { containers: readonly { ports?: readonly Port[] }[] }
  readonly addresses: readonly string[]
}

interface Port {
  containerPort: number
  hostPort?: number
  hostIP?: string
  protocol?: string
}

/**
 * Gives the function that rewrites a node's translation of host ports; call it after every change of the node's pods.
 */
export function hostPorts(node: NodeNetwork, pods: () => readonly PortedPod[]): () => Promise<void> {
  let applied: Promise<string> = Promise.resolve(table([]))
  return async () => {
    applied = applied
      .catch(() => '')
      .then(async (before) => {
        const wanted = table(pods())
        if (wanted === before) return before
        const sysctls = { 'net/ipv4/conf/all/route_localnet': 1 }
        await shell(setUp({ sysctls, ip: [], nft: wanted }, node.name))
        return wanted
      })
    await applied
  }
}

/** The nft table that translates a node's ports to its pods, as the CNI plug-in `portmap` does. */
function table(pods: readonly PortedPod[]): string {
  const rules = pods.flatMap(({ spec, addresses }) =>
    spec.containers
      .flatMap(({ ports = [] }) => ports)
      .filter(({ hostPort }) => hostPort)
      .flatMap((port) => addresses.filter((address) => leadsTo(port, address)).map((address) => rule(port, address))),
  )
  const ported = pods.filter(({ spec }) =>
    spec.containers.some(({ ports = [] }) => ports.some((port) => port.hostPort)),
  )
  const hairpins = ported.flatMap(({ addresses }) => addresses.map(hairpin))
  return `table inet hostports
delete table inet hostports
table inet hostports {
  chain ports {
    ${rules.join('\n    ')}
  }
  chain prerouting {
    type nat hook prerouting priority dstnat;
    jump ports
  }
  chain output {
    type nat hook output priority -100;
    jump ports
  }
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr 127.0.0.0/8 oifname cni0 masquerade
    ${hairpins.join('\n    ')}
  }
}`
}

/** A pod that reaches itself by a host port needs another source address. */
function hairpin(address: string): string {
  const ip = address.includes(':') ? 'ip6' : 'ip'
  return `oifname cni0 ct status dnat ${ip} saddr ${address} ${ip} daddr ${address} masquerade`
}

/** Whether a hostIP means every address of a node. */
export const isEverywhere = (hostIP: string): boolean => ['', '0.0.0.0', '::'].includes(hostIP)

/** Whether a port leads to this address of a dual-stack pod: a hostIP leads only to the address of its own family. */
const leadsTo = ({ hostIP = '' }: Port, address: string) =>
  isEverywhere(hostIP) || hostIP.includes(':') === address.includes(':')

function rule({ containerPort, hostPort, hostIP = '', protocol = 'TCP' }: Port, address: string): string {
  const [family, version, destination] = address.includes(':')
    ? ['ip6', 'ipv6', `[${address}]`]
    : ['ip', 'ipv4', address]
  const daddr = isEverywhere(hostIP) ? 'fib daddr type local' : `${family} daddr ${hostIP}`
  const match = `meta nfproto ${version} ${daddr} ${protocol.toLowerCase()} dport ${hostPort}`
  return `${match} dnat ${family} to ${destination}:${containerPort}`
}
