import type { V1ServiceSpec } from '@kubernetes/client-node'
import ipaddr from 'ipaddr.js'
import type { KubeObject } from '../../contract.ts'
import type { Kind } from '../kinds.ts'
import { invalid } from '../status.ts'
import type { ApiStore } from '../store.ts'
import { wrong } from './causes.ts'
import { allocateNodePorts } from './node-port-allocation.ts'
import { specOf } from './service.ts'

/**
 * Gives a Service the cluster IPs and node ports that it needs and has not chosen itself.
 * @throws StatusError 422 when it cannot have those that it has chosen.
 */
export function allocateService(store: ApiStore, cidrs: readonly string[], kind: Kind, service: KubeObject): void {
  const spec = specOf(service)
  const { uid, name } = service.metadata
  const others = store
    .list('Service')
    .filter(({ metadata }) => metadata.uid !== uid)
    .map(specOf)
  const refuse = (field: string, value: unknown, why: string) => invalid(kind, name, [wrong(field, value, why)])
  if (spec.type !== 'ExternalName') allocateAddresses(spec, others, cidrs, refuse)
  allocateNodePorts(spec, others, refuse)
}

type Refuse = (field: string, value: unknown, why: string) => Error

const familyOf = (address: string): string => (address.includes(':') ? 'IPv6' : 'IPv4')

function allocateAddresses(
  spec: V1ServiceSpec,
  others: V1ServiceSpec[],
  cidrs: readonly string[],
  refuse: Refuse,
): void {
  const families = cidrs.map(familyOf)
  spec.ipFamilies = chooseFamilies(spec, families, refuse)
  const headless = spec.clusterIPs?.[0] === 'None'
  spec.ipFamilyPolicy ??= spec.ipFamilies.length > 1 ? 'RequireDualStack' : 'SingleStack'
  if (headless) return
  const chosen = spec.clusterIPs ?? []
  const taken = new Set(others.flatMap(({ clusterIPs = [] }) => clusterIPs))
  spec.clusterIPs = spec.ipFamilies.map((family, index) => {
    const cidr = cidrs[families.indexOf(family)] ?? ''
    const wanted = chosen[index]
    if (!wanted) return freeAddress(cidr, taken)
    const why = taken.has(wanted)
      ? 'provided IP is already allocated'
      : contains(cidr, wanted)
        ? undefined
        : 'the provided network does not match the current range'
    if (why) throw refuse('spec.clusterIPs', chosen, `failed to allocate IP ${wanted}: ${why}`)
    return wanted
  })
  spec.clusterIP = spec.clusterIPs[0] ?? ''
}

function chooseFamilies(spec: V1ServiceSpec, families: string[], refuse: Refuse): string[] {
  const { ipFamilyPolicy: policy, clusterIPs = [], selector } = spec
  const given = spec.ipFamilies ?? clusterIPs.filter((ip) => ip !== 'None').map(familyOf)
  // A client writes the endpoints of a headless Service without a selector. They may be of any family.
  const open = clusterIPs[0] === 'None' && !selector
  const unknown = open ? -1 : given.findIndex((family) => !families.includes(family))
  if (unknown >= 0 && !spec.ipFamilies)
    throw refuse(`spec.clusterIPs[${unknown}]`, clusterIPs, `${given[unknown]} is not configured on this cluster`)
  if (unknown >= 0) throw refuse(`spec.ipFamilies[${unknown}]`, given[unknown], 'not configured on this cluster')
  if (policy === 'RequireDualStack' && families.length < 2 && !open)
    throw refuse('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services')
  if (open && !policy && given.length === 0) return [...new Set([...families, 'IPv4', 'IPv6'])]
  const all = policy === 'PreferDualStack' || policy === 'RequireDualStack' || given.length > 1
  const first = given.length > 0 ? given : families.slice(0, 1)
  return all ? [...new Set([...first, ...families])] : first
}

function freeAddress(cidr: string, taken: ReadonlySet<string>): string {
  const [network, prefix] = ipaddr.parseCIDR(cidr)
  const size = 2 ** Math.min(network.toByteArray().length * 8 - prefix, 16)
  // The low addresses are left to clients that choose one, as in Kubernetes. The search for a free one starts at a
  // random address, so that a new Service does not get the address of one that was just deleted.
  const reserved = Math.min(Math.max(16, size / 16), 256)
  const available = size - reserved - 1
  const start = Math.floor(Math.random() * available)
  for (let step = 0; step < available; step += 1) {
    const address = addressAt(network, reserved + ((start + step) % available))
    if (!taken.has(address)) return address
  }
  throw new Error(`no address is left in ${cidr}`)
}

/** The address that lies `n` behind the first one of a network. */
export function addressAt(network: ipaddr.IPv4 | ipaddr.IPv6, n: number): string {
  const bytes = network.toByteArray()
  for (let index = bytes.length - 1, carry = n; carry > 0 && index >= 0; index -= 1) {
    const sum = (bytes[index] ?? 0) + carry
    bytes[index] = sum & 0xff
    carry = sum >> 8
  }
  return ipaddr.fromByteArray(bytes).toString()
}

function contains(cidr: string, address: string): boolean {
  const [network, prefix] = ipaddr.parseCIDR(cidr)
  const parsed = ipaddr.parse(address)
  return parsed.kind() === network.kind() && parsed.match(network, prefix)
}
