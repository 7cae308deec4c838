import type { KubeObject } from '../../contract.ts'
import type { Certificates } from '../certificates.ts'
import type { Kind } from '../kinds.ts'
import { type Cause, forbidden, invalid, notFound } from '../status.ts'
import type { ApiStore } from '../store.ts'
import { dataCauses, defaultSecret, secretCauses } from './config-data.ts'
import { defaultEndpointSlice, endpointSliceCauses } from './endpoint-slice.ts'
import { defaultEndpoints, endpointsCauses } from './endpoints.ts'
import { defaultGateway, defaultGatewayClass, gatewayCauses, gatewayClassCauses } from './gateway.ts'
import { defaultHttpRoute, httpRouteCauses } from './http-route.ts'
import { chooseIngressClass, defaultIngress, ingressCauses } from './ingress.ts'
import { ingressClassCauses } from './ingress-class.ts'
import { ipAddressCauses } from './ip-address.ts'
import { metadataCauses } from './names.ts'
import { defaultNamespace } from './namespace.ts'
import { defaultPod } from './pod-defaults.ts'
import { podCauses } from './pod-rules.ts'
import { defaultService, serviceCauses } from './service.ts'
import { allocateService } from './service-allocation.ts'
import { defaultDaemonSet, defaultDeployment, defaultReplicaSet, workloadCauses } from './workload.ts'

/** The parts of a cluster that admission works on. */
export interface Admission {
  store: ApiStore
  certificates: Certificates
  serviceCidrs: readonly string[]
}

/** How the objects of a kind get their defaults, and what is checked in them. */
interface KindRules {
  defaults?: (object: KubeObject, before: KubeObject | undefined) => void
  causes?: (object: KubeObject, before: KubeObject | undefined) => Cause[]
}

const rules: Readonly<Record<string, KindRules>> = {
  ConfigMap: { causes: dataCauses },
  EndpointSlice: { defaults: defaultEndpointSlice, causes: endpointSliceCauses },
  DaemonSet: { defaults: defaultDaemonSet, causes: workloadCauses },
  Deployment: { defaults: defaultDeployment, causes: workloadCauses },
  Endpoints: { defaults: defaultEndpoints, causes: endpointsCauses },
  Gateway: { defaults: defaultGateway, causes: gatewayCauses },
  GatewayClass: { defaults: defaultGatewayClass, causes: gatewayClassCauses },
  HTTPRoute: { defaults: defaultHttpRoute, causes: httpRouteCauses },
  Ingress: { defaults: defaultIngress, causes: ingressCauses },
  IngressClass: { causes: ingressClassCauses },
  IPAddress: { causes: ipAddressCauses },
  Namespace: { defaults: defaultNamespace },
  Pod: { defaults: defaultPod, causes: podCauses },
  ReplicaSet: { defaults: defaultReplicaSet, causes: workloadCauses },
  Secret: { defaults: defaultSecret, causes: secretCauses },
  Service: { defaults: defaultService, causes: serviceCauses },
}

/**
 * Gives an object its defaults, in place, checks it and allocates a Service's addresses. `before` is the object that it
 * replaces.
 * @throws StatusError 422 with everything that is wrong with the object.
 */
export function admit(
  { store, serviceCidrs }: Admission,
  kind: Kind,
  object: KubeObject,
  before: KubeObject | undefined,
): void {
  const { defaults, causes } = rules[kind.kind] ?? {}
  defaults?.(object, before)
  if (kind.kind === 'Ingress' && !before) chooseIngressClass(object, store.list('IngressClass'))
  const found = [...metadataCauses(kind, object), ...(causes?.(object, before) ?? [])]
  if (found.length > 0) throw invalid(kind, object.metadata.name, found)
  if (kind.kind === 'Service') allocateService(store, serviceCidrs, kind, object)
}

/**
 * Checks that the namespace of a new object exists and is not terminating.
 * @throws StatusError 404 or 403.
 */
export function assertNamespaceOpen({ store }: Admission, kind: Kind, { metadata }: KubeObject): void {
  if (!kind.namespaced || metadata.namespace === undefined) return
  const namespace = store.get('Namespace', undefined, metadata.namespace)
  if (!namespace) throw notFound({ plural: 'namespaces', group: '' }, metadata.namespace)
  if (!namespace.metadata.deletionTimestamp) return
  const why = `unable to create new content in namespace ${metadata.namespace} because it is being terminated`
  const message = `namespace ${metadata.namespace} is being terminated`
  throw forbidden(kind, metadata.name, why, [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }])
}
