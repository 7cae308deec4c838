import { readFileSync } from 'node:fs'
import type { Pod } from './pod.ts'

/** The domain of the cluster's names. */
export const clusterDomain = 'cluster.local'

/** How names are looked up: the lines of a resolv.conf. */
export interface Resolver {
  readonly nameservers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

/** What pods may be given: the cluster's way or their node's own. */
export interface Resolvers {
  readonly clusterDns?: string | undefined
  readonly node: Resolver
}

const mostNameservers = 3

/** How this machine looks up names, and with it every node. */
export function nodeResolver(file = '/etc/resolv.conf'): Resolver {
  const lines = read(file)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
  const words = (name: string) => lines.filter(([first]) => first === name).map(([, ...rest]) => rest)
  return {
    nameservers: words('nameserver').flat(),
    searches: words('search').at(-1) ?? [],
    options: words('options').flat(),
  }
}

/** A pod's resolv.conf, by its policy and what it adds of its own. */
export function resolvConf(pod: Pod, resolvers: Resolvers): string {
  const { nameservers, searches, options } = policyResolver(pod, resolvers)
  const own = pod.spec.dnsConfig ?? {}
  const ownOptions = (own.options ?? []).map(({ name = '', value }) => (value ? `${name}:${value}` : name))
  const nameOf = (option: string) => option.split(':')[0]
  const kept = options.filter((option) => !ownOptions.some((other) => nameOf(other) === nameOf(option)))
  const all = {
    servers: [...new Set([...nameservers, ...(own.nameservers ?? [])])].slice(0, mostNameservers),
    search: [...new Set([...searches, ...(own.searches ?? [])])],
    settings: [...kept, ...ownOptions],
  }
  return [
    ...(all.search.length > 0 ? [`search ${all.search.join(' ')}`] : []),
    ...all.servers.map((server) => `nameserver ${server}`),
    ...(all.settings.length > 0 ? [`options ${all.settings.join(' ')}`] : []),
    '',
  ].join('\n')
}

function policyResolver({ metadata, spec }: Pod, { clusterDns, node }: Resolvers): Resolver {
  const { dnsPolicy = 'ClusterFirst', hostNetwork } = spec
  if (dnsPolicy === 'None') return { nameservers: [], searches: [], options: [] }
  const ofCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork)
  if (!ofCluster || !clusterDns) return node
  const own = [`${metadata.namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain]
  return { nameservers: [clusterDns], searches: [...own, ...node.searches], options: ['ndots:5'] }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
