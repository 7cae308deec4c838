import { shell } from './commands.ts'
import { apply } from './namespace-setup.ts'
import type { NodeNetwork } from './nodes.ts'

/** A pod as far as its ports on the node go. */
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

/** Keeps a node's translation of host ports up to date: call what it gives whenever the node's pods have changed. */
export function hostPorts(node: NodeNetwork, pods: () => readonly PortedPod[]): () => Promise<void> {
  let applied: Promise<string> = Promise.resolve(table([]))
  return async () => {
    applied = applied
      .catch(() => '')
      .then(async (before) => {
        const wanted = table(pods())
        if (wanted === before) return before
        const sysctls = { 'net/ipv4/conf/all/route_localnet': 1 }
        await shell(apply({ sysctls, ip: [], nft: wanted }, node.name))
        return wanted
      })
    await applied
  }
}

/** The rules that lead a node's ports to its pods, as the usual CNI plug-in for it makes them. */
function table(pods: readonly PortedPod[]): string {
  const rules = pods.flatMap(({ spec, addresses }) =>
    spec.containers
      .flatMap(({ ports = [] }) => ports)
      .filter(({ hostPort }) => hostPort)
      .flatMap((port) => addresses.filter((address) => isFor(port, address)).map((address) => rule(port, address))),
  )
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
  }
}`
}

/** Whether that hostIP is every address of a node. */
export const isEverywhere = (hostIP: string): boolean => ['', '0.0.0.0', '::'].includes(hostIP)

/** Of a pod's two addresses the one of the other family is not behind a hostIP. */
const isFor = ({ hostIP = '' }: Port, address: string) =>
  isEverywhere(hostIP) || hostIP.includes(':') === address.includes(':')

function rule({ containerPort, hostPort, hostIP = '', protocol = 'TCP' }: Port, address: string): string {
  const [family, version, target] = address.includes(':') ? ['ip6', 'ipv6', `[${address}]`] : ['ip', 'ipv4', address]
  const own = isEverywhere(hostIP) ? 'fib daddr type local' : `${family} daddr ${hostIP}`
  const match = `meta nfproto ${version} ${own} ${protocol.toLowerCase()} dport ${hostPort}`
  return `${match} dnat ${family} to ${target}:${containerPort}`
}
