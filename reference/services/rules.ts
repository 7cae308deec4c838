import type { V1ServicePort } from '@kubernetes/client-node'
import { choose } from './backend-choice.ts'
import { type Backend, backendsOf, localTo, nearTo, placeOf, usable, type Vantage } from './backends.ts'
import { dialects, markForMasquerade } from './nft-table.ts'
import { type Family, familyOf, type Service, type Slice } from './service-objects.ts'

/** What one port of a Service needs in a node's table. */
export interface Rules {
  /** Chains and their rules. */
  readonly chains: Map<string, string[]>
  /** Sets and their declarations. */
  readonly sets: Map<string, string>
  /** Elements by the set or map that they belong to. */
  readonly elements: Map<string, string[]>
}

/** A node as the rules see it. */
export interface Place extends Vantage {
  /** The ranges of the node's own pods. */
  readonly podRanges: Readonly<Partial<Record<Family, string>>>
}

/** The rules of a Service on a node, by its ports; without a Service, none. */
export function rulesOf(service: Service | undefined, slices: readonly Slice[], place: Place): Map<string, Rules> {
  const { clusterIPs = [], ports = [], type } = service?.spec ?? {}
  if (!service || type === 'ExternalName') return new Map()
  return new Map(
    clusterIPs
      .filter((ip) => ip !== 'None')
      .flatMap((address) =>
        ports.map((port) => {
          const rules: Rules = { chains: new Map(), sets: new Map(), elements: new Map() }
          addPort(rules, service, port, address, slices, place)
          return [`${address} ${port.protocol} ${port.port}`, rules] as const
        }),
      ),
  )
}

function addPort(
  rules: Rules,
  service: Service,
  { name = '', port, protocol = 'TCP', nodePort }: V1ServicePort,
  address: string,
  slices: readonly Slice[],
  place: Place,
): void {
  const { metadata, spec, status } = service
  const family = familyOf(address)
  const { suffix, ip } = dialects[family]
  const l4 = protocol.toLowerCase()
  const id = `${metadata.namespace}/${metadata.name}/${l4}-${port}/${suffix}`
  const backends = backendsOf(slices, family, { name, protocol })
  const near = nearTo(backends, place)
  const local = localTo(backends, place)
  const add = (set: string, element: string) => {
    const name = set + suffix
    rules.elements.set(name, [...(rules.elements.get(name) ?? []), element])
  }
  const toNear = () => choose(rules, `near/${id}`, near, service, l4)
  const toLocal = () => choose(rules, `local/${id}`, local, service, l4)

  const nobody = usable(backends).length === 0
  const internal = spec.internalTrafficPolicy === 'Local' ? toLocal : toNear
  const outside = () => {
    const chain = `external/${id}`
    const node = `fib saddr type local ${markForMasquerade}`
    const range = place.podRanges[family]
    const keepsSource = [
      ...(range ? [`${ip} saddr ${range} ${toNear()}`] : []),
      ...[node, `fib saddr type local ${toNear()}`, toLocal()],
    ]
    rules.chains.set(chain, spec.externalTrafficPolicy === 'Local' ? keepsSource : [markForMasquerade, toNear()])
    return `goto ${chain}`
  }

  const reach = (vip: string, way: () => string) => {
    const key = `${vip} . ${l4} . ${port}`
    if (nobody) add('refused', `${key} : goto refuse`)
    else add('services', `${key} : ${way()}`)
    if (l4 === 'udp') addLive(`${vip} . ${port}`, 'udp')
  }
  const addLive = (key: string, set: 'udp' | 'udpports') => {
    add(set, key)
    for (const backend of backends) if (backend.serving) add(`${set}live`, `${key} . ${placeOf(backend)}`)
  }
  reach(address, internal)
  for (const { ip: given = '' } of status?.loadBalancer?.ingress ?? [])
    if (familyOf(given) === family) reach(given, outside)
  if (nodePort && nobody) add('refusedports', `${l4} . ${nodePort} : goto refuse`)
  if (nodePort && !nobody) add('nodeports', `${l4} . ${nodePort} : ${outside()}`)
  if (nodePort && l4 === 'udp') addLive(String(nodePort), 'udpports')
  for (const backend of backends) if (isOwn(backend, place)) add('own', `${backend.address} . ${backend.address}`)
}

/** Whether a backend may be a pod of the node: one that reaches itself needs another source than itself. */
const isOwn = ({ node }: Backend, place: Place) => node === undefined || node === place.node
