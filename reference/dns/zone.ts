import type { Answer } from 'dns-packet'
import { authorities, authority, type DnsService, type DnsSlice, domain, ttl } from './dns-objects.ts'
import { serviceRecords } from './records.ts'

/** Names with what is known of them. A name with nothing of its own exists when there is something below it. */
export type Zone = ReadonlyMap<string, readonly Answer[]>

/** All names of a cluster, in small letters. */
export function buildZone(services: Iterable<DnsService>, slices: Iterable<DnsSlice>): Zone {
  const byService = Map.groupBy(
    slices,
    ({ metadata: { namespace, labels } }) => `${namespace}/${labels?.[serviceLabel]}`,
  )
  const records = [
    ...apexRecords(),
    ...[...services].flatMap((service) => {
      const { namespace, name } = service.metadata
      return serviceRecords(service, byService.get(`${namespace}/${name}`) ?? [])
    }),
  ]
  const zone = new Map<string, Answer[]>()
  const at = (name: string): Answer[] => {
    const known = zone.get(name)
    if (known) return known
    const made: Answer[] = []
    zone.set(name, made)
    const above = name.indexOf('.')
    if (name) at(above < 0 ? '' : name.slice(above + 1))
    return made
  }
  const different = new Map(records.map((record) => [JSON.stringify(record), record]))
  for (const record of different.values()) at(record.name.toLowerCase()).push(record)
  return zone
}

const serviceLabel = 'kubernetes.io/service-name'

function apexRecords(): Answer[] {
  return [
    { type: 'NS', name: domain, ttl, data: `ns.dns.${domain}` },
    ...authorities.map(authority),
    { type: 'TXT', name: `dns-version.${domain}`, ttl, data: '1.1.0' },
  ]
}
