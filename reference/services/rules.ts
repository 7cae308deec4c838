import type { V1ServicePort } from '@kubernetes/client-node'
import { addChoice } from './backend-choice.ts'
import { type Backend, backendsOf, localTo, type NodeLocation, nearTo, nftEndpoint, usable } from './backends.ts'
import { dialects, markForMasquerade } from './nft-table.ts'
import { noRules, type PortRules, type ServiceRules } from './port-rules.ts'
import { type Family, familyOf, type Service, type Slice } from './service-objects.ts'

/** The node whose rules are made. */
export interface ProxyNode extends NodeLocation {
  /** The ranges of the node's own pods. */
  readonly podRanges: Readonly<Partial<Record<Family, string>>>
  /** The addresses of the control plane, which answers the health checks of load balancers for the node. */
  readonly controlPlane: Readonly<Partial<Record<Family, string>>>
}

/** One port of a Service behind one of its cluster IPs. */
interface ServedPort {
  readonly service: Service
  readonly port: V1ServicePort
  readonly clusterIP: string
  readonly slices: readonly Slice[]
  readonly node: ProxyNode
}

/** The rules of a Service on a node; none when the Service is gone or has no cluster IP. */
export function rulesOf(service: Service | undefined, slices: readonly Slice[], node: ProxyNode): ServiceRules {
  const { clusterIPs = [], ports = [], type } = service?.spec ?? {}
  if (!service || type === 'ExternalName') return new Map()
  return new Map(
    clusterIPs
      .filter((ip) => ip !== 'None')
      .flatMap((clusterIP) => [
        ...ports.map((port) => {
          const key = `${clusterIP} ${port.protocol} ${port.port}`
          return [key, rulesOfPort({ service, port, clusterIP, slices, node })] as const
        }),
        [`${clusterIP} health`, healthRules(service, familyOf(clusterIP), node)] as const,
      ]),
  )
}

/** The rules that send the health checks of a load balancer from the node to the control plane. */
function healthRules({ metadata, spec }: Service, family: Family, { controlPlane }: ProxyNode): PortRules {
  const rules = noRules()
  const { healthCheckNodePort: port } = spec
  const { ip, suffix } = dialects[family]
  const destination = controlPlane[family]
  if (!port || !destination) return rules
  const chain = `health/${metadata.namespace}/${metadata.name}/${suffix}`
  rules.chains.set(chain, [markForMasquerade, `meta l4proto tcp dnat ${ip} to ${destination}`])
  rules.elements.set(`nodeports${suffix}`, [`tcp . ${port} : goto ${chain}`])
  return rules
}

function rulesOfPort({ service, port: servicePort, clusterIP, slices, node }: ServedPort): PortRules {
  const { metadata, spec, status } = service
  const { name = '', port, protocol = 'TCP', nodePort } = servicePort
  const family = familyOf(clusterIP)
  const { suffix } = dialects[family]
  const l4 = protocol.toLowerCase()
  const id = `${metadata.namespace}/${metadata.name}/${l4}-${port}/${suffix}`
  const backends = backendsOf(slices, family, { name, protocol })
  const isRefused = usable(backends).length === 0
  const rules = noRules()

  const add = (set: string, element: string) => {
    const elements = rules.elements.get(set + suffix) ?? []
    rules.elements.set(set + suffix, [...elements, element])
  }
  const toNear = () => addChoice(rules, { chain: `near/${id}`, backends: nearTo(backends, node), spec, l4 })
  const toLocal = () => addChoice(rules, { chain: `local/${id}`, backends: localTo(backends, node), spec, l4 })
  const fromOutside = () => {
    const chain = `external/${id}`
    const keepsSource = spec.externalTrafficPolicy === 'Local'
    rules.chains.set(
      chain,
      keepsSource ? localPolicyRules(family, node, { toNear, toLocal }) : [markForMasquerade, toNear()],
    )
    return `goto ${chain}`
  }
  const fromLoadBalancer = () => {
    const ranges = (spec.loadBalancerSourceRanges ?? []).filter((range) => familyOf(range) === family)
    if (ranges.length === 0) return fromOutside()
    const chain = `firewall/${id}`
    rules.chains.set(chain, [`${dialects[family].ip} saddr != { ${ranges.join(', ')} } drop`, fromOutside()])
    return `goto ${chain}`
  }
  /** Clients of a UDP flow stay with a backend only while it is in this list. */
  const addLive = (set: 'udp' | 'udpports', key: string) => {
    add(set, key)
    for (const backend of backends) if (backend.serving) add(`${set}live`, `${key} . ${nftEndpoint(backend)}`)
  }
  const addAddress = (address: string, verdict: () => string) => {
    const key = `${address} . ${l4} . ${port}`
    if (isRefused) add('refused', `${key} : goto refuse`)
    else add('services', `${key} : ${verdict()}`)
    if (l4 === 'udp') addLive('udp', `${address} . ${port}`)
  }

  addAddress(clusterIP, spec.internalTrafficPolicy === 'Local' ? toLocal : toNear)
  for (const { ip = '', ipMode } of status?.loadBalancer?.ingress ?? [])
    if (familyOf(ip) === family && ipMode !== 'Proxy') addAddress(ip, fromLoadBalancer)
  if (nodePort) {
    if (isRefused) add('refusedports', `${l4} . ${nodePort} : goto refuse`)
    else add('nodeports', `${l4} . ${nodePort} : ${fromOutside()}`)
    if (l4 === 'udp') addLive('udpports', String(nodePort))
  }
  for (const backend of backends) if (mayBeOwn(backend, node)) add('own', `${backend.address} . ${backend.address}`)
  return rules
}

/**
 * externalTrafficPolicy Local: clients from outside reach the node's own backends alone; its pods and the node, all.
 */
function localPolicyRules(
  family: Family,
  { podRanges }: ProxyNode,
  { toNear, toLocal }: { toNear: () => string; toLocal: () => string },
): string[] {
  const range = podRanges[family]
  return [
    ...(range ? [`${dialects[family].ip} saddr ${range} ${toNear()}`] : []),
    `fib saddr type local ${markForMasquerade}`,
    `fib saddr type local ${toNear()}`,
    toLocal(),
  ]
}

/**
 * Whether a backend may be a pod of this node. A pod that reaches itself through a Service needs another source
 * address.
 */
const mayBeOwn = ({ node }: Backend, { node: here }: ProxyNode) => node === undefined || node === here
