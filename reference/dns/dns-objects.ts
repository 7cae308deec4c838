import type { SoaAnswer } from 'dns-packet'
import { shape } from '../shape.ts'

/** The cluster's domain. */
export const { domain } = shape

/** Seconds for which a client may cache an answer. */
export const { ttl } = shape

/** The zones of this server. It has the root zone too, because the cluster knows no names of the outside. */
export const authorities = ['', 'in-addr.arpa', 'ip6.arpa', domain]

/** The SOA record of a zone. Its `minimum` says how long a client may cache a negative answer. */
export function authority(name: string): SoaAnswer {
  const names = { mname: `ns.dns.${domain}`, rname: `hostmaster.${domain}` }
  return {
    type: 'SOA',
    name,
    ttl,
    data: { ...names, serial: 1, refresh: 7200, retry: 1800, expire: 86_400, minimum: ttl },
  }
}

/** The fields of a Service that DNS reads. */
export interface DnsService {
  metadata: { name: string; namespace?: string }
  spec?: { type?: string; externalName?: string; clusterIPs?: string[]; ports?: DnsPort[] }
}

/** The fields of an EndpointSlice that DNS reads. */
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
