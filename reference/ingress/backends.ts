import type { Service, Slice, Snapshot } from './snapshot.ts'

/** A port of a Service, by its number or its name. */
export interface Backend {
  readonly namespace: string
  readonly service: string
  readonly port: number | string
}

/** Where a request can go: an address and a port of a pod. */
export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** Finds the ready endpoints of a backend: none when there is no such Service or port. */
export type FindEndpoints = (backend: Backend) => readonly Endpoint[]

/** A function that finds endpoints in one snapshot. */
export function endpointsIn({ services, slices }: Pick<Snapshot, 'services' | 'slices'>): FindEndpoints {
  const byName = new Map(services.map((service) => [keyOf(service.metadata.namespace, service.metadata.name), service]))
  const byService = Map.groupBy(slices, ({ metadata: { namespace, labels } }) =>
    keyOf(namespace, labels?.['kubernetes.io/service-name']),
  )
  return ({ namespace, service, port }) => {
    const key = keyOf(namespace, service)
    const found = portOf(byName.get(key), port)
    return found ? (byService.get(key) ?? []).flatMap((slice) => endpointsOf(slice, found.name)) : []
  }
}

/** The port of a Service that has a number or a name; undefined when it has none such. */
export function portOf(service: Service | undefined, wanted: number | string) {
  return service?.spec?.ports?.find(({ name, port }) => wanted === port || wanted === name)
}

const keyOf = (namespace = '', name = '') => `${namespace}/${name}`

function endpointsOf({ endpoints, ports }: Pick<Slice, 'endpoints' | 'ports'>, portName = ''): Endpoint[] {
  const port = ports?.find(({ name = '' }) => name === portName)?.port
  if (port === undefined) return []
  const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false)
  return ready.flatMap(({ addresses }) => addresses.map((address) => ({ address, port })))
}
