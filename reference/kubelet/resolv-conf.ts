import { readFileSync } from 'node:fs'
import { shape } from '../shape.ts'
import type { Pod } from './pod.ts'

/** The content of a resolv.conf. */
export interface Resolver {
  readonly nameservers: readonly string[]
  readonly searches: readonly string[]
  readonly options: readonly string[]
}

/** The two ways to look up names that a pod may get: the cluster's, and its node's. */
export interface Resolvers {
  readonly clusterDns?: string | undefined
  readonly node: Resolver
}

const mostNameservers = 3

/** The resolver of this machine, which every node has too. */
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

/** A pod's resolv.conf, by its dnsPolicy and its dnsConfig. */
export function resolvConf(pod: Pod, resolvers: Resolvers): string {
  const { nameservers, searches, options } = policyResolver(pod, resolvers)
  const own = pod.spec.dnsConfig ?? {}
  const ownOptions = (own.options ?? []).map(({ name = '', value }) => (value ? `${name}:${value}` : name))
  const nameOf = (option: string) => option.split(':')[0]
  const kept = options.filter((option) => !ownOptions.some((other) => nameOf(other) === nameOf(option)))
  const allServers = [...new Set([...nameservers, ...(own.nameservers ?? [])])].slice(0, mostNameservers)
  const allSearches = [...new Set([...searches, ...(own.searches ?? [])])]
  const allOptions = [...kept, ...ownOptions]
  return [
    ...(allSearches.length > 0 ? [`search ${allSearches.join(' ')}`] : []),
    ...allServers.map((server) => `nameserver ${server}`),
    ...(allOptions.length > 0 ? [`options ${allOptions.join(' ')}`] : []),
    '',
  ].join('\n')
}

function policyResolver({ metadata, spec }: Pod, { clusterDns, node }: Resolvers): Resolver {
  const { dnsPolicy = 'ClusterFirst', hostNetwork } = spec
  if (dnsPolicy === 'None') return { nameservers: [], searches: [], options: [] }
  const ofCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && !hostNetwork)
  if (!ofCluster || !clusterDns) return node
  const { domain } = shape
  const own = [`${metadata.namespace}.svc.${domain}`, `svc.${domain}`, domain]
  return { nameservers: [clusterDns], searches: [...own, ...node.searches], options: ['ndots:5'] }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
