import { UsageError } from '../../contract/errors.ts'
import type { KubeApi } from './api.ts'
import { isCode } from './trouble.ts'

/** The contents of a ConfigMap: texts, and bytes in base64. */
export interface Contents {
  data: Record<string, string>
  binaryData?: Record<string, string>
}

/** The namespace of these credentials: a pod's own, that of the context, or `default`. */
export const ownNamespace = ({ config }: KubeApi): string =>
  config.getContextObject(config.getCurrentContext())?.namespace ?? 'default'

/**
 * Writes a ConfigMap that outlives the run: one that exists gets new contents, otherwise it is created. `keys` are those that flatnet ever
 * writes. @throws UsageError if one that exists has others: it is somebody else's.
 */
export async function keepConfigMap(
  api: KubeApi,
  namespace: string,
  name: string,
  { data, binaryData = {} }: Contents,
  keys: readonly string[],
): Promise<void> {
  const body = { metadata: { name, labels: { 'app.kubernetes.io/name': 'flatnet' } }, data, binaryData }
  try {
    const { metadata, ...found } = await api.core.readNamespacedConfigMap({ namespace, name })
    const other = Object.keys({ ...found.data, ...found.binaryData }).find((key) => !keys.includes(key))
    if (other !== undefined)
      throw new UsageError(
        `--publish configmap/${name}: the ConfigMap in namespace ${namespace} holds ${other}, which flatnet has not written; expected a name that is free, or the ConfigMap of an earlier run.`,
      )
    await api.core.replaceNamespacedConfigMap({ namespace, name, body: { ...body, ...(metadata && { metadata }) } })
  } catch (error) {
    if (!isCode(error, 404)) throw error
    await api.core.createNamespacedConfigMap({ namespace, body })
  }
}
