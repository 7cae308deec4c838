import type { Answer } from 'dns-packet'
import { authorities, authority, type DnsService, type DnsSlice, domain, ttl } from './dns-objects.ts'
import { serviceRecords } from './records.ts'

/** The records of each name. A name without records exists when there is a name below it. */
export type Zone = ReadonlyMap<string, readonly Answer[]>

/** The records of a cluster, by name in lower case. */
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
  /** Also adds the names above. */
  const recordsOf = (name: string): Answer[] => {
    const known = zone.get(name)
    if (known) return known
    const added: Answer[] = []
    zone.set(name, added)
    const dot = name.indexOf('.')
    if (name) recordsOf(dot < 0 ? '' : name.slice(dot + 1))
    return added
  }
  const different = new Map(records.map((record) => [JSON.stringify(record), record]))
  for (const record of different.values()) recordsOf(record.name.toLowerCase()).push(record)
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
