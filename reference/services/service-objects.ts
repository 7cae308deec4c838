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

/** The two versions of IP, as Services and slices name them. */
export type Family = 'IPv4' | 'IPv6'

/** The label by which a slice says whose endpoints it has. */
export const serviceLabel = 'kubernetes.io/service-name'

/** The node label by which traffic may prefer near endpoints. */
export const zoneLabel = 'topology.kubernetes.io/zone'

/** Reads an object of the store as the Service that its kind says it is. */
export const asService = (object: KubeObject): Service => object as unknown as Service

/** Reads an object of the store as the EndpointSlice that its kind says it is. */
export const asSlice = (object: KubeObject): Slice => object as unknown as Slice

/** Which version of IP an address is of. */
export const familyOf = (address: string): Family => (address.includes(':') ? 'IPv6' : 'IPv4')
