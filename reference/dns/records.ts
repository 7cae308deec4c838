import { isIPv6 } from 'node:net'
import type { Answer } from 'dns-packet'
import ipaddr from 'ipaddr.js'
import { type DnsPort, type DnsService, type DnsSlice, domain, ttl } from './dns-objects.ts'

/** The records of one Service, by the DNS specification of Kubernetes. */
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

/** What a headless Service's name leads to: each ready endpoint, which has a name of its own as well. */
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

/** The name under which an address leads back to its own. */
function reverseName(address: string): string {
  const bytes = ipaddr.parse(address).toByteArray()
  const steps = isIPv6(address) ? bytes.flatMap((byte) => [byte >> 4, byte & 15]) : bytes
  const base = isIPv6(address) ? 16 : 10
  return `${steps
    .map((step) => step.toString(base))
    .toReversed()
    .join('.')}.${base === 16 ? 'ip6' : 'in-addr'}.arpa`
}
