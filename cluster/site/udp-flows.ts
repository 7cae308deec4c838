import type { ClusterFacts } from '../../contract/cluster.ts'
import { type Capability, no, yes } from '../../contract/topology.ts'
import type { ClusterPortrait } from './discover.ts'
import { isKubeProxy } from './service-needs.ts'

/** The first minor version whose kube-proxy ends the UDP flows of every Service that it no longer leads to a backend. */
const ENDS_THEM = 38

/**
 * Whether the proxy must end the UDP flows of a Service that is deleted or has lost all its endpoints. kube-proxy of older versions
 * removes only entries of Services that have a backend left; a cluster with another proxy is not told apart from these.
 */
export function endsUdpFlows({ endsUdpFlows: ends }: ClusterFacts, kubernetesVersion: string): Capability {
  const minor = Number(/^\d+\.(\d+)/.exec(kubernetesVersion)?.[1] ?? 0)
  if (ends || minor >= ENDS_THEM) return yes
  return no(
    `kube-proxy of Kubernetes ${kubernetesVersion} keeps the UDP flows of a Service that is deleted or has no endpoints any more (k/k#141371, k/k#139628)`,
  )
}

/** Whether the proxy must lead an open UDP socket away from a backend that has left its Service and lives on. */
export const leadsSocketsOn = (portrait: Pick<ClusterPortrait, 'proxyMode' | 'cni'>): Capability =>
  isKubeProxy(portrait)
    ? yes
    : no('this cluster’s service proxy is not kube-proxy, and may choose the backend once for each socket')
