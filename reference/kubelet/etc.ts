import type { Pod } from './pod.ts'

/** The host name that a pod's containers see. */
export function hostnameOf(pod: Pod, nodeName: string): string {
  return pod.spec.hostNetwork ? nodeName : (pod.spec.hostname ?? pod.metadata.name).slice(0, 63).replace(/[-.]+$/, '')
}

/** The files of /etc that a kubelet writes for a pod. */
export function etcFiles(pod: Pod, hostname: string, addresses: readonly string[]): Record<string, string> {
  return { hostname: `${hostname}\n`, hosts: hosts(pod, hostname, addresses), 'resolv.conf': resolvConf(pod) }
}

function hosts(pod: Pod, hostname: string, addresses: readonly string[]): string {
  const { subdomain, hostAliases = [] } = pod.spec
  const qualified = subdomain ? `${hostname}.${subdomain}.${pod.metadata.namespace}.svc.cluster.local\t` : ''
  return [
    '# Kubernetes-managed hosts file.',
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    'fe00::0\tip6-localnet',
    'fe00::0\tip6-mcastprefix',
    'fe00::1\tip6-allnodes',
    'fe00::2\tip6-allrouters',
    ...addresses.map((address) => `${address}\t${qualified}${hostname}`),
    ...(hostAliases.length > 0 ? ['', '# Entries added by HostAliases.'] : []),
    ...hostAliases.map(({ ip, hostnames = [] }) => [ip, ...hostnames].join('\t')),
    '',
  ].join('\n')
}

function resolvConf({ metadata, spec }: Pod): string {
  const ownNode = spec.dnsPolicy === 'Default' || (spec.hostNetwork && spec.dnsPolicy !== 'ClusterFirstWithHostNet')
  const ofCluster = spec.dnsPolicy !== 'None' && !ownNode
  const { nameservers = [], searches = [], options = [] } = spec.dnsConfig ?? {}
  const search = [
    ...(ofCluster ? [`${metadata.namespace}.svc.cluster.local`, 'svc.cluster.local', 'cluster.local'] : []),
    ...searches,
  ]
  const settings = options.map(({ name = '', value }) => (value ? `${name}:${value}` : name))
  if (ofCluster && !settings.some((setting) => setting.startsWith('ndots'))) settings.unshift('ndots:5')
  return [
    ...(search.length > 0 ? [`search ${search.join(' ')}`] : []),
    ...[...(ofCluster ? ['10.96.0.10'] : []), ...nameservers].map((server) => `nameserver ${server}`),
    ...(settings.length > 0 ? [`options ${settings.join(' ')}`] : []),
    '',
  ].join('\n')
}
