import { RUN, runSelector } from '../../contract/labels.ts'
import type { KubeApi } from '../kube/api.ts'
import { isCode } from '../kube/trouble.ts'
import { GATEWAY_API } from './gateway-class.ts'

/** A cluster that does not know these objects, or does not show them, has none of ours. */
const unknown = (error: unknown): void => {
  if (!isCode(error, 403, 404, 405)) throw error
}

/** Deletes the objects of a run that are in no namespace: its IngressClass, ClusterRole and ClusterRoleBinding. */
export async function removeClusterWide(api: KubeApi, run: string): Promise<void> {
  const labelSelector = runSelector(run)
  await Promise.all([
    api.networking.deleteCollectionIngressClass({ labelSelector }).catch(unknown),
    api.rbac.deleteCollectionClusterRoleBinding({ labelSelector }).catch(unknown),
    api.rbac.deleteCollectionClusterRole({ labelSelector }).catch(unknown),
  ])
}

/** The runs that have objects outside namespaces. */
export async function runsClusterWide(api: KubeApi): Promise<string[]> {
  const labelSelector = runSelector()
  const lists = await Promise.all([
    api.networking.listIngressClass({ labelSelector }).catch(unknown),
    api.rbac.listClusterRoleBinding({ labelSelector }).catch(unknown),
    api.rbac.listClusterRole({ labelSelector }).catch(unknown),
  ])
  const objects = lists.flatMap((list): { metadata?: { labels?: Record<string, string> } }[] => list?.items ?? [])
  return [...new Set(objects.flatMap(({ metadata }) => metadata?.labels?.[RUN] ?? []))]
}

/** Deletes the Ingresses, Secrets and objects of the Gateway API of a run in a namespace that it did not create. */
export async function removeRoutes(
  api: KubeApi,
  selected: { namespace: string; labelSelector: string },
): Promise<void> {
  const routes = ['httproutes', 'gateways'].map((plural) => ({ ...GATEWAY_API, ...selected, plural }))
  await Promise.all([
    api.networking.deleteCollectionNamespacedIngress(selected).catch(unknown),
    api.core.deleteCollectionNamespacedSecret(selected).catch(unknown),
    ...routes.map((each) => api.custom.deleteCollectionNamespacedCustomObject(each).catch(unknown)),
  ])
}
