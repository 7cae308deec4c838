import type { V1EndpointSlice, V1Ingress, V1IngressClass, V1Secret, V1Service } from '@kubernetes/client-node'
import type { Access } from '../client/access.ts'
import { watchAll } from '../client/watch.ts'
import type { ObjectMeta } from '../contract.ts'
import type { Gateway, GatewayClass, HttpRoute } from '../gateway-api.ts'

/** An object of the API, with the metadata that all objects have. */
type Stored<T> = Omit<T, 'metadata'> & { metadata: ObjectMeta }

export type Ingress = Stored<V1Ingress>
export type IngressClass = Stored<V1IngressClass>
export type Service = Stored<V1Service>
export type Slice = Stored<V1EndpointSlice>
export type Secret = Stored<V1Secret>

/** All objects of the cluster that decide where a request goes. */
export interface Snapshot {
  readonly ingresses: readonly Ingress[]
  readonly ingressClasses: readonly IngressClass[]
  readonly services: readonly Service[]
  readonly slices: readonly Slice[]
  /** Those for TLS. */
  readonly secrets: readonly Secret[]
  readonly gatewayClasses: readonly GatewayClass[]
  readonly gateways: readonly Gateway[]
  readonly routes: readonly HttpRoute[]
}

const networking = '/apis/networking.k8s.io/v1'
const gatewayApi = '/apis/gateway.networking.k8s.io/v1'

const paths: Readonly<Record<keyof Snapshot, string>> = {
  ingresses: `${networking}/ingresses`,
  ingressClasses: `${networking}/ingressclasses`,
  services: '/api/v1/services',
  slices: '/apis/discovery.k8s.io/v1/endpointslices',
  secrets: `/api/v1/secrets?${new URLSearchParams({ fieldSelector: 'type=kubernetes.io/tls' })}`,
  gatewayClasses: `${gatewayApi}/gatewayclasses`,
  gateways: `${gatewayApi}/gateways`,
  routes: `${gatewayApi}/httproutes`,
}

/** Calls back with all objects, first when all are known and then after every change. It never ends. */
export function watchSnapshot(access: Access, changed: (snapshot: Snapshot) => void): void {
  const known = new Map<string, readonly AnyObject[]>()
  for (const [name, path] of Object.entries(paths))
    watchAll<AnyObject>(access, path, (objects) => {
      known.set(name, [...objects].sort(byAge))
      if (known.size === Object.keys(paths).length) changed(Object.fromEntries(known) as unknown as Snapshot)
    })
}

interface AnyObject {
  metadata: ObjectMeta
}

/** Sorts the oldest object first. Of two rules for one path, the older one counts. */
function byAge({ metadata: a }: AnyObject, { metadata: b }: AnyObject): number {
  const key = ({ creationTimestamp, namespace, name }: ObjectMeta) => `${creationTimestamp} ${namespace}/${name}`
  return key(a) < key(b) ? -1 : 1
}
