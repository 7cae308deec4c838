import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { KubeApi } from './api.ts'

/** Twelve characters that differ from cluster to cluster: of the API server's certificate authority, or else of its address. */
export function clusterIdOf({ config, server }: Pick<KubeApi, 'config' | 'server'>): string {
  const { caData, caFile } = config.getCurrentCluster() ?? {}
  const authority = caData ? Buffer.from(caData, 'base64') : caFile ? readFileSync(caFile) : server
  return createHash('sha256').update(authority).digest('hex').slice(0, 12)
}
