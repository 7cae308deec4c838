import { shape } from '../shape.ts'
import type { Pod } from './pod.ts'
import { type Resolvers, resolvConf } from './resolv-conf.ts'

/** The host name inside a pod's containers. */
export function hostnameOf(pod: Pod, nodeName: string): string {
  if (pod.spec.hostNetwork) return nodeName
  return pod.spec.setHostnameAsFQDN && pod.spec.subdomain ? qualifiedName(pod) : ownName(pod)
}

const ownName = ({ metadata, spec }: Pod) => (spec.hostname ?? metadata.name).slice(0, 63).replace(/[-.]+$/, '')

const qualifiedName = (pod: Pod) =>
  `${ownName(pod)}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${shape.domain}`

/** The files of /etc that a kubelet writes for a pod, by name. */
export function etcFiles(
  pod: Pod,
  hostname: string,
  addresses: readonly string[],
  resolvers: Resolvers,
): Record<string, string> {
  return {
    hostname: `${hostname}\n`,
    hosts: hosts(pod, hostname, addresses),
    'resolv.conf': resolvConf(pod, resolvers),
  }
}

function hosts(pod: Pod, hostname: string, addresses: readonly string[]): string {
  const { subdomain, hostAliases = [] } = pod.spec
  const short = subdomain ? ownName(pod) : hostname
  const qualified = subdomain ? `${qualifiedName(pod)}\t` : ''
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...addresses.map((address) => `${address}\t${qualified}${short}`),
    ...(hostAliases.length > 0 ? ['', '# Entries added by HostAliases.'] : []),
    ...hostAliases.map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t')),
    '',
  ].join('\n')
}
