import type { V1EndpointHints, V1ServicePort } from '@kubernetes/client-node'
import type { Family, Slice } from './service-objects.ts'

/** One endpoint that may serve a Service's port. */
export interface Backend {
  readonly address: string
  readonly port: number
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly node?: string
  readonly hints?: V1EndpointHints
}

/** The node that chooses a backend, and its zone. */
export interface NodeLocation {
  readonly node: string
  readonly zone?: string
}

/** The backends of a port by all slices of its Service, each once. */
export function backendsOf(
  slices: readonly Slice[],
  family: Family,
  { name: portName = '', protocol: portProtocol = 'TCP' }: Pick<V1ServicePort, 'name' | 'protocol'>,
): Backend[] {
  const all = slices
    .filter(({ addressType }) => addressType === family)
    .flatMap(({ endpoints, ports }) =>
      (ports ?? [])
        .filter(({ name = '', protocol = 'TCP' }) => name === portName && protocol === portProtocol)
        .flatMap(({ port }) => (endpoints ?? []).flatMap((endpoint) => (port ? [{ endpoint, port }] : []))),
    )
    .flatMap(({ endpoint: { addresses, conditions = {}, nodeName, hints }, port }): Backend[] => {
      // An endpoint without conditions counts as ready.
      const { ready = true, serving = ready, terminating = false } = conditions
      const state = { ready, serving, terminating, ...(nodeName && { node: nodeName }), ...(hints && { hints }) }
      return addresses.map((address) => ({ address, port, ...state }))
    })
  return [...new Map(all.map((backend) => [nftEndpoint(backend), backend])).values()]
}

/** A backend's address and port, as nft concatenates them. */
export const nftEndpoint = ({ address, port }: Pick<Backend, 'address' | 'port'>): string => `${address} . ${port}`

/** The backends that get new traffic: the ready ones or, when none is ready, those that serve while they terminate. */
export function usable(backends: readonly Backend[]): Backend[] {
  const ready = backends.filter((backend) => backend.ready)
  return ready.length > 0 ? ready : backends.filter(({ serving, terminating }) => serving && terminating)
}

/** The backends of a node that get new traffic. */
export const localTo = (backends: readonly Backend[], { node }: Pick<NodeLocation, 'node'>): Backend[] =>
  usable(backends.filter((backend) => backend.node === node))

/**
 * The backends that get new traffic from a node: its own or its zone's, when every backend has hints; all otherwise.
 */
export function nearTo(backends: readonly Backend[], { node, zone }: NodeLocation): Backend[] {
  const all = usable(backends)
  if (!all.every(({ hints }) => hints)) return all
  const byNode = all.filter(({ hints }) => hints?.forNodes?.some(({ name }) => name === node))
  const byZone = all.filter(({ hints }) => zone && hints?.forZones?.some(({ name }) => name === zone))
  return [byNode, byZone].find((some) => some.length > 0) ?? all
}
