import type { V1Condition } from '@kubernetes/client-node'
import type { ObjectMeta } from './contract.ts'

// The fields of the Gateway API that the cluster knows. Its API checks them, and its Gateway controller acts on them.

/** A GatewayClass. */
export interface GatewayClass {
  metadata: ObjectMeta
  spec: { controllerName: string; description?: string }
  status?: { conditions?: V1Condition[] }
}

/** A Gateway. */
export interface Gateway {
  metadata: ObjectMeta
  spec: { gatewayClassName: string; listeners: Listener[] }
  status?: {
    addresses?: { type: string; value: string }[]
    conditions?: V1Condition[]
    listeners?: ListenerStatus[]
  }
}

export interface Listener {
  name: string
  hostname?: string
  port: number
  protocol: string
  allowedRoutes?: { namespaces?: { from?: string }; kinds?: { group?: string; kind: string }[] }
}

export interface ListenerStatus {
  name: string
  supportedKinds: { group: string; kind: string }[]
  attachedRoutes: number
  conditions: V1Condition[]
}

/** An HTTPRoute. */
export interface HttpRoute {
  metadata: ObjectMeta
  spec: { parentRefs?: ParentRef[]; hostnames?: string[]; rules?: HttpRouteRule[] }
  status?: { parents?: ParentStatus[] }
}

export interface ParentRef {
  group?: string
  kind?: string
  namespace?: string
  name: string
  sectionName?: string
  port?: number
}

export interface HttpRouteRule {
  matches?: HttpMatch[]
  backendRefs?: BackendRef[]
  filters?: object[]
}

/** The headers, the method and the query of a match are known to the API alone. */
export interface HttpMatch {
  path?: { type?: string; value?: string }
  headers?: object[]
  method?: string
  queryParams?: object[]
}

export interface BackendRef {
  group?: string
  kind?: string
  namespace?: string
  name: string
  port?: number
  weight?: number
  filters?: object[]
}

export interface ParentStatus {
  parentRef: ParentRef
  controllerName: string
  conditions: V1Condition[]
}

/** The group of the Gateway API. */
export const gatewayGroup = 'gateway.networking.k8s.io'
