import { accessOf } from '../cluster/kube/access.ts'
import { openApi } from '../cluster/kube/api.ts'
import { checkedKindConfig } from '../cluster/sources/kind-config.ts'
import { UsageError } from '../contract/errors.ts'
import type { Settings } from '../contract/settings.ts'

/** Checks how the cluster is reached or created, before anything is. @throws UsageError with the first mistake. */
export async function checkInputs(settings: Settings): Promise<void> {
  const { cluster } = settings
  if (cluster !== 'current' && (settings.kubeconfig ?? settings.context) !== undefined) {
    throw new UsageError(`--cluster ${cluster} creates its own cluster; leave --kubeconfig and --context out.`)
  }
  if (cluster === 'kind') checkedKindConfig(settings)
  else if (settings.setup !== undefined)
    throw new UsageError('--setup is for a cluster that flatnet creates: add --cluster kind.')
  if (cluster === 'current') await openApi(accessOf(settings))
}
