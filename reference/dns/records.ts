import { isIPv6 } from 'node:net'
import type { Answer } from 'dns-packet'
import ipaddr from 'ipaddr.js'
import { type DnsPort, type DnsService, type DnsSlice, domain, ttl } from './dns-objects.ts'

/** The records of a Service, by the DNS specification of Kubernetes. */
export function serviceRecords({ metadata, spec = {} }: DnsService, slices: readonly DnsSlice[]): Answer[] {
  const name = `${metadata.name}.${metadata.namespace}.svc.${domain}`
  const { type, externalName = '', clusterIPs = [], ports = [] } = spec
  if (type === 'ExternalName') return [{ type: 'CNAME', name, ttl, data: externalName }]
  if (clusterIPs[0] === 'None') return slices.flatMap((slice) => endpointRecords(name, slice))
  return [
    ...clusterIPs.flatMap((address) => [addressRecord(name, address), pointer(address, name)]),
    ...ports.flatMap((port) => portRecord(name, port, name)),
  ]
}

/** The records of a headless Service: for each ready endpoint, under the Service's name and under its own. */
function endpointRecords(service: string, { endpoints, ports }: DnsSlice): Answer[] {
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false)
  return ready.flatMap(({ addresses, hostname }) =>
    addresses.flatMap((address) => {
      const own = `${hostname ?? address.replaceAll(/[.:]/g, '-')}.${service}`
      return [
        ...[service, own].map((name) => addressRecord(name, address)),
        pointer(address, own),
        ...(ports ?? []).flatMap((port) => portRecord(service, port, own)),
      ]
    }),
  )
}

function addressRecord(name: string, address: string): Answer {
  return { type: isIPv6(address) ? 'AAAA' : 'A', name, ttl, data: address }
}

function portRecord(
  service: string,
  { name = '', port, protocol = 'TCP' }: Partial<DnsPort>,
  target: string,
): Answer[] {
  if (!name || !port) return []
  const owner = `_${name}._${protocol.toLowerCase()}.${service}`
  return [{ type: 'SRV', name: owner, ttl, data: { priority: 0, weight: 100, port, target } }]
}

function pointer(address: string, name: string): Answer {
  return { type: 'PTR', name: reverseName(address), ttl, data: name }
}

/** The name of an address's PTR record. */
function reverseName(address: string): string {
  const bytes = ipaddr.parse(address).toByteArray()
  if (!isIPv6(address)) return `${bytes.toReversed().join('.')}.in-addr.arpa`
  const digits = bytes.flatMap((byte) => [byte >> 4, byte & 15]).map((digit) => digit.toString(16))
  return `${digits.toReversed().join('.')}.ip6.arpa`
}
