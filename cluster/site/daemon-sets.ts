import type { V1Pod } from '@kubernetes/client-node'
import type { KubeApi } from '../kube/api.ts'

/** Deletes the DaemonSets of a namespace, if one of these pods belongs to one: it would make a new pod for each that goes. */
export async function endSets(
  api: KubeApi,
  selected: { namespace: string; labelSelector?: string },
  pods: readonly V1Pod[],
): Promise<void> {
  const owned = ({ metadata }: V1Pod) => metadata?.ownerReferences?.some(({ kind }) => kind === 'DaemonSet')
  if (pods.some(owned)) await api.apps.deleteCollectionNamespacedDaemonSet(selected)
}
