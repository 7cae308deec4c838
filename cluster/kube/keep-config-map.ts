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

/** Writes a ConfigMap that outlives the run: one that exists gets new contents, otherwise it is created. */
export async function keepConfigMap(
  api: KubeApi,
  namespace: string,
  name: string,
  { data, binaryData = {} }: Contents,
): Promise<void> {
  const body = { metadata: { name, labels: { 'app.kubernetes.io/name': 'flatnet' } }, data, binaryData }
  try {
    const { metadata } = await api.core.readNamespacedConfigMap({ namespace, name })
    await api.core.replaceNamespacedConfigMap({ namespace, name, body: { ...body, ...(metadata && { metadata }) } })
  } catch (error) {
    if (!isCode(error, 404)) throw error
    await api.core.createNamespacedConfigMap({ namespace, body })
  }
}
