import type { V1EndpointSlice, V1Service, V1ServiceSpec } from '@kubernetes/client-node'
import type { KubeObject, ObjectMeta } from '../contract.ts'

/** A Service as the store keeps it. */
export interface Service extends Pick<V1Service, 'status'> {
  metadata: ObjectMeta
  spec: V1ServiceSpec
}

/** An EndpointSlice as the store keeps it. */
export interface Slice extends Pick<V1EndpointSlice, 'addressType' | 'endpoints' | 'ports'> {
  metadata: ObjectMeta
}

/** The two versions of IP, as Services and EndpointSlices name them. */
export type Family = 'IPv4' | 'IPv6'

/** The label of an EndpointSlice that names its Service. */
export const serviceLabel = 'kubernetes.io/service-name'

/** The label of Endpoints that no EndpointSlice repeats, if it is `true`. */
export const skipMirrorLabel = 'endpointslice.kubernetes.io/skip-mirror'

/** The label of a Service that is served by another proxy. */
export const proxyLabel = 'service.kubernetes.io/service-proxy-name'

/** The label of a node that names its zone. */
export const zoneLabel = 'topology.kubernetes.io/zone'

/** An object of kind Service, typed. */
export const asService = (object: KubeObject): Service => object as unknown as Service

/** An object of kind EndpointSlice, typed. */
export const asSlice = (object: KubeObject): Slice => object as unknown as Slice

/** The version of IP of an address. */
export const familyOf = (address: string): Family => (address.includes(':') ? 'IPv6' : 'IPv4')
