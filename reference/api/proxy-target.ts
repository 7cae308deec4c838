import type { V1EndpointSlice, V1PodSpec, V1PodStatus, V1ServiceSpec } from '@kubernetes/client-node'
import { podOf } from './pod-containers.ts'
import type { RequestInfo } from './request.ts'
import { badRequest, notFound, unavailable } from './status.ts'
import type { ApiStore } from './store.ts'

/** The server to which a request for pods/proxy or services/proxy goes on. */
export interface ProxyTarget {
  readonly protocol: 'http:' | 'https:'
  readonly host: string
  readonly port: number
}

/**
 * Finds the target of `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`: a pod, or a ready endpoint of a Service.
 * @throws StatusError 400, 404 or 503.
 */
export function targetOf(store: ApiStore, info: RequestInfo): ProxyTarget {
  const { scheme, name, port } = partsOf(info)
  const protocol = scheme === 'https' ? 'https:' : 'http:'
  const named = { ...info, name }
  return { protocol, ...(info.kind.kind === 'Pod' ? podAddress(store, named, port) : endpoint(store, named, port)) }
}

function partsOf({ kind, name = '' }: RequestInfo): { scheme: string; name: string; port: string } {
  const parts = name.split(':')
  const [scheme = '', own = '', port = ''] = parts.length < 3 ? ['', ...parts] : parts
  if (parts.length > 3 || own === '' || !['', 'http', 'https'].includes(scheme))
    throw badRequest(`invalid ${kind.kind.toLowerCase()} request ${JSON.stringify(name)}`)
  return { scheme, name: own, port }
}

/** Without a port, that of the first container which has one. */
function podAddress(store: ApiStore, info: RequestInfo, port: string): Omit<ProxyTarget, 'protocol'> {
  const { spec, status } = podOf(store, info)
  const host = ((status ?? {}) as V1PodStatus).podIP
  if (!host) throw badRequest('address not allowed')
  const [first] = (spec as V1PodSpec).containers.flatMap(({ ports = [] }) => ports)
  return { host, port: Number(port) || (first?.containerPort ?? 80) }
}

function endpoint(store: ApiStore, { kind, namespace, name = '' }: RequestInfo, port: string) {
  const service = store.get('Service', namespace, name)
  if (!service) throw notFound(kind, name)
  const { ports = [] } = service.spec as V1ServiceSpec
  const known = /^\d+$/.test(port) ? ports.find((each) => each.port === Number(port)) : { name: port }
  if (!known) throw unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`)
  const found = store
    .list('EndpointSlice', namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => readyAddresses(slice as unknown as V1EndpointSlice, known.name ?? ''))
  const chosen = found[Math.floor(Math.random() * found.length)]
  if (!chosen) throw unavailable(`no endpoints available for service ${JSON.stringify(name)}`)
  return chosen
}

const readyAddresses = ({ endpoints, ports }: V1EndpointSlice, portName: string) =>
  (ports ?? [])
    .filter(({ name = '', protocol = 'TCP' }) => name === portName && protocol === 'TCP')
    .flatMap(({ port = 0 }) =>
      (endpoints ?? [])
        .filter(({ conditions }) => conditions?.ready !== false)
        .flatMap(({ addresses: [host] }) => (host ? [{ host, port }] : [])),
    )
