import type { SoaAnswer } from 'dns-packet'

/** The cluster's domain. */
export const domain = 'cluster.local'

/** How long an answer may be remembered, in seconds. */
export const ttl = 5

/** The zones that this server speaks for: a world of its own knows nothing of other names. */
export const authorities = ['', 'in-addr.arpa', 'ip6.arpa', domain]

/** Who speaks for a zone, and for how long a refusal may be remembered. */
export function authority(name: string): SoaAnswer {
  const data = { mname: `ns.dns.${domain}`, rname: `hostmaster.${domain}`, serial: 1 }
  return { type: 'SOA', name, ttl, data: { ...data, refresh: 7200, retry: 1800, expire: 86_400, minimum: ttl } }
}

/** What DNS needs to know of a Service. */
export interface DnsService {
  metadata: { name: string; namespace?: string }
  spec?: { type?: string; externalName?: string; clusterIPs?: string[]; ports?: DnsPort[] }
}

/** What DNS needs to know of an EndpointSlice. */
export interface DnsSlice {
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
  endpoints?: { addresses: string[]; hostname?: string; conditions?: { ready?: boolean } }[] | null
  ports?: Partial<DnsPort>[] | null
}

export interface DnsPort {
  name?: string
  port: number
  protocol?: string
}
