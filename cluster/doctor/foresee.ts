import type { V1Node } from '@kubernetes/client-node'
import type { ClusterFacts } from '../../contract/cluster.ts'
import { sentence } from '../../contract/errors.ts'
import type { Settings } from '../../contract/settings.ts'
import { type Capability, type NodeRef, no, type Topology, yes } from '../../contract/topology.ts'
import { foreseeIngress } from '../ingress/find.ts'
import type { KubeApi } from '../kube/api.ts'
import { foreseeOutside } from '../outside/foresee.ts'
import { CONFINED, capabilities, mayUseHostNetwork } from '../site/capabilities.ts'
import type { Discovery } from '../site/discover.ts'
import { hasDns } from '../site/dns.ts'
import { tryNamespace } from '../site/namespaces.ts'
import { nodeRef } from '../site/nodes.ts'
import { namespacesOf } from '../site/remove.ts'
import {
  admitsServices,
  hasZones,
  isDual,
  keepsSource,
  loadBalancerNeeds,
  nodePortsElsewhere,
  serviceNeeds,
} from '../site/service-needs.ts'
import { bare, inTime } from './check.ts'

/** What is known of a cluster before a run. */
export interface Outlook {
  api: KubeApi
  facts: ClusterFacts
  settings: Settings
  found: Discovery
  /** The nodes that a run would sample; undefined if these credentials may not list nodes. */
  sampled: NodeRef[] | undefined
}

/** A capability, or that only a run can find it out. */
export type Foreseen = Capability | 'open'

/** The name of the namespace about which the API is asked. It is never created. */
export const TRIED = 'flatnet-doctor'

/** Whether there may be pods in the host's network: in a namespace of the run, or in the one that --namespace names for them. */
function hostNetworkIn(
  api: KubeApi,
  settings: Settings,
  named: Topology['namespaces'] | undefined,
): Promise<Capability> {
  if (!named) return admitsHostNetwork(api)
  if (named.host === undefined) return Promise.resolve(no(CONFINED))
  return mayUseHostNetwork(api, named.host, { run: TRIED, image: settings.probeImage, pods: settings.pods })
}

/** Every capability of a run on this cluster, by its own rules, as far as they can be told without creating anything. */
export async function foresee(outlook: Outlook): Promise<Record<string, Foreseen>> {
  const { api, facts, settings, found, sampled = [] } = outlook
  const { portrait, proxy, nodes } = found
  const named = settings.namespace === undefined ? undefined : namespacesOf(TRIED, settings.namespace)
  const namespace = named?.main ?? 'default'
  const allNodes = nodes?.map(nodeRef) ?? []
  const soon = <T>(asking: Promise<T>) =>
    inTime(
      asking.catch(() => undefined),
      settings.limits.check,
    )
  const [host, dns, services, about, outside, ingress, balanced, dual] = await Promise.all([
    soon(hostNetworkIn(api, settings, named)),
    soon(hasDns(api)),
    soon(admitsServices(api, namespace)),
    soon(serviceNeeds(api, namespace, portrait)),
    // Containers start on the network of the nodes, which must be known for that.
    outlook.sampled || settings.observer !== undefined || settings.outside === 'none'
      ? soon(foreseeOutside({ settings, facts, nodes: sampled, allNodes }))
      : undefined,
    soon(foreseeIngress({ api, facts, settings, run: TRIED, nodes: sampled })),
    soon(loadBalancerNeeds(api, namespace, { facts, settings, nodes })),
    soon(hasTwoFamilies(api, named?.main, nodes)),
  ])
  const mode = settings.egress === 'auto' ? facts.egress : settings.egress
  const restricted = nodePortsElsewhere(proxy, allNodes)
  const known = capabilities({
    nodes: sampled.map(({ name }) => name),
    nodeShell: facts.nodeShell,
    hasFar: named === undefined || named.far !== undefined,
    hostnet: host ?? yes,
    hostport: host ?? yes,
    dns: dns ?? yes,
    services: services?.has === false ? services.because : {},
    found: outside ?? {},
    egress: mode === undefined ? {} : { mode },
    ipam: nodes ? (facts.ipam ?? (found.usesPodCIDRs ? 'podCIDR' : undefined)) : undefined,
    others: {
      ...about,
      ...(restricted && { nodeport: restricted }),
      ...ingress,
      ...balanced,
      ...(dual && { dual }),
      zones: hasZones(sampled, portrait),
      source: keepsSource(proxy),
      ...(settings.namespace !== undefined && { netpol: no(CONFINED) }),
    },
    lacks: facts.lacks,
  })
  const open = [
    host ? [] : ['hostnet', 'hostport'],
    // Without a DNS Service that one can see, the pods of a run look for another one.
    dns?.has ? [] : ['dns'],
    services ? [] : ['services'],
    // Only a policy shows whether an engine enforces it.
    settings.namespace === undefined ? ['netpol'] : [],
    outside ? [] : ['observer', 'outside', 'gateway', 'masquerade', 'native'],
    outside?.outside && mode === undefined ? ['masquerade', 'native'] : [],
    outlook.sampled ? [] : ['multi', 'zones', 'dual'],
  ].flat()
  return { ...known, ...Object.fromEntries(open.map((name) => [name, 'open' as const])) }
}

async function admitsHostNetwork(api: KubeApi): Promise<Capability> {
  try {
    await tryNamespace(api, TRIED, `${TRIED}-host`, 'privileged')
    return yes
  } catch (error) {
    return no(`this cluster refuses a namespace that allows the host’s network: ${bare(sentence(error))}`)
  }
}

/** Whether pods have two families, by the ranges of the nodes, or else by the pods that are there. */
async function hasTwoFamilies(
  api: KubeApi,
  namespace: string | undefined,
  nodes: readonly V1Node[] | undefined,
): Promise<Capability | undefined> {
  const ranges = (nodes ?? []).map(({ spec }) => spec?.podCIDRs ?? [])
  if (ranges.length > 0 && ranges.every(({ length }) => length > 0)) return isDual(ranges.map(asPod))
  const pods = await api.core.listNamespacedPod({ namespace: namespace ?? 'kube-system', limit: 100 }).then(
    ({ items }) => items,
    () => [],
  )
  const ips = pods
    .filter(({ spec, status }) => !spec?.hostNetwork && status?.podIPs)
    .map(({ status }) => (status?.podIPs ?? []).map(({ ip }) => ip))
  return ips.length > 0 ? isDual(ips.map(asPod)) : undefined
}

const asPod = (ips: readonly string[]) => ({ containers: [{ ips }] })
