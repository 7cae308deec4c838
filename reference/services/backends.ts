import type { V1EndpointHints, V1ServicePort } from '@kubernetes/client-node'
import type { Family, Slice } from './service-objects.ts'

/** One place that may serve a Service's port. */
export interface Backend {
  readonly address: string
  readonly port: number
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
  readonly node?: string
  readonly hints?: V1EndpointHints
}

/** Where one decides: a node, and the zone that it is in. */
export interface Vantage {
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
      // Nothing said of an endpoint counts as ready.
      const { ready = true, serving = ready, terminating = false } = conditions
      const state = { ready, serving, terminating, ...(nodeName && { node: nodeName }), ...(hints && { hints }) }
      return addresses.map((address) => ({ address, port, ...state }))
    })
  return [...new Map(all.map((backend) => [placeOf(backend), backend])).values()]
}

/** A backend's address and port, as nft writes them side by side. */
export const placeOf = ({ address, port }: Pick<Backend, 'address' | 'port'>): string => `${address} . ${port}`

/** Those that get new traffic: the ready ones, or the ones that still serve while they end where none is ready. */
export function usable(backends: readonly Backend[]): Backend[] {
  const ready = backends.filter((backend) => backend.ready)
  return ready.length > 0 ? ready : backends.filter(({ serving, terminating }) => serving && terminating)
}

/** Those on a node that get new traffic. */
export const localTo = (backends: readonly Backend[], { node }: Vantage): Backend[] =>
  usable(backends.filter((backend) => backend.node === node))

/** Those that get new traffic from there: the near ones where all say for whom they are. */
export function nearTo(backends: readonly Backend[], { node, zone }: Vantage): Backend[] {
  const all = usable(backends)
  if (!all.every(({ hints }) => hints)) return all
  const byNode = all.filter(({ hints }) => hints?.forNodes?.some(({ name }) => name === node))
  const byZone = all.filter(({ hints }) => zone && hints?.forZones?.some(({ name }) => name === zone))
  return [byNode, byZone].find((some) => some.length > 0) ?? all
}
