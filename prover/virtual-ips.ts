import type { KubeApi } from '../cluster/kube/api.ts'
import { isCode } from '../cluster/kube/trouble.ts'

/** The ranges of virtual IPs, and the virtual IPs of the API and of cluster DNS. */
export interface VirtualIPs {
  ranges: string[]
  api: string[]
  dns: string[]
}

/** Reads them from the API. If it gives no ranges, assumes a /16 (IPv6: a /112) around the API's own virtual IP. */
export async function virtualIPs(api: KubeApi): Promise<VirtualIPs> {
  const [own, dns, ranges] = await Promise.all([
    api.core.readNamespacedService({ namespace: 'default', name: 'kubernetes' }),
    api.core.listNamespacedService({ namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' }),
    api.networking.listServiceCIDR().catch((error: unknown) => {
      if (isCode(error, 403, 404)) return undefined
      throw error
    }),
  ])
  const virtual = own.spec?.clusterIPs ?? []
  const around = virtual.map((ip) =>
    ip.includes(':') ? ip.replace(/[^:]*$/, '/112') : ip.replace(/\d+\.\d+$/, '0.0/16'),
  )
  const known = ranges?.items.flatMap(({ spec }) => spec?.cidrs ?? []) ?? []
  return {
    ranges: known.length > 0 ? known : around,
    api: virtual,
    dns: dns.items[0]?.spec?.clusterIPs ?? [],
  }
}
