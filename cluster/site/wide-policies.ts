import type { PolicyKind, WidePolicies } from '../../contract/topology.ts'
import type { KubeApi } from '../kube/api.ts'

const UPSTREAM = { group: 'policy.networking.k8s.io', version: 'v1alpha1' }
const CALICO = { group: 'crd.projectcalico.org', version: 'v1' }
const CILIUM = { group: 'cilium.io', version: 'v2' }

/** The kinds that are looked for. A cluster that does not serve one answers 404. */
const KINDS: readonly PolicyKind[] = [
  { kind: 'AdminNetworkPolicy', ...UPSTREAM, plural: 'adminnetworkpolicies' },
  { kind: 'BaselineAdminNetworkPolicy', ...UPSTREAM, plural: 'baselineadminnetworkpolicies' },
  { kind: 'ClusterNetworkPolicy', ...UPSTREAM, version: 'v1alpha2', plural: 'clusternetworkpolicies' },
  { kind: 'GlobalNetworkPolicy', ...CALICO, plural: 'globalnetworkpolicies' },
  { kind: 'Calico NetworkPolicy', ...CALICO, plural: 'networkpolicies', namespaced: true },
  { kind: 'CiliumClusterwideNetworkPolicy', ...CILIUM, plural: 'ciliumclusterwidenetworkpolicies' },
  { kind: 'CiliumNetworkPolicy', ...CILIUM, plural: 'ciliumnetworkpolicies', namespaced: true },
  { kind: 'ClusterNetworkPolicy', group: 'crd.antrea.io', version: 'v1beta1', plural: 'clusternetworkpolicies' },
]

/**
 * Looks for policies of the whole cluster, and for those of network plug-ins in these namespaces. Which pods they select is not looked
 * at: selectors of plug-ins are languages of their own. What cannot be listed counts as not there.
 * @param kinds those that an earlier look has found to be served.
 */
export async function widePolicies(
  api: KubeApi,
  namespaces: readonly string[],
  kinds: readonly PolicyKind[] = KINDS,
): Promise<WidePolicies> {
  const found = await Promise.all(
    kinds.map(async (kind) => ({ kind, names: await namesOf(api, kind, namespaces).catch(() => undefined) })),
  )
  const served = found.filter(({ names }) => names !== undefined)
  return {
    kinds: served.map(({ kind }) => kind),
    names: served.flatMap(({ kind, names }) => (names ?? []).map((name) => `${kind.kind} ${name}`)),
  }
}

interface Named {
  items: { metadata?: { name?: string; namespace?: string } }[]
}

async function namesOf(api: KubeApi, kind: PolicyKind, namespaces: readonly string[]): Promise<string[]> {
  const { group, version, plural, namespaced } = kind
  const lists: Named[] = await Promise.all(
    namespaced
      ? namespaces.map((namespace) => api.custom.listNamespacedCustomObject({ group, version, plural, namespace }))
      : [api.custom.listClusterCustomObject({ group, version, plural })],
  )
  return lists
    .flatMap(({ items }) => items)
    .map(({ metadata }) => [metadata?.namespace ?? [], metadata?.name ?? ''].flat().join('/'))
}

/** A sentence about policies, without its full stop: they may block what a run does. */
export const mayBlock = (names: readonly string[]): string =>
  `${names.slice(0, SHOWN).join(', ')}${names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''} may block conversations of this run`

const SHOWN = 3
