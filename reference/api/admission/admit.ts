import type { KubeObject } from '../../contract.ts'
import type { Certificates } from '../certificates.ts'
import type { Kind } from '../kinds.ts'
import { type Cause, forbidden, invalid, notFound } from '../status.ts'
import type { ApiStore } from '../store.ts'
import {
  dataCauses,
  defaultEndpointSlice,
  defaultNamespace,
  defaultSecret,
  endpointSliceCauses,
} from './endpoint-slice.ts'
import { metadataCauses } from './names.ts'
import { defaultPod } from './pod-defaults.ts'
import { podCauses } from './pod-rules.ts'
import { defaultService, serviceCauses } from './service.ts'
import { allocateService } from './service-allocation.ts'

/** What admission needs to know of the cluster. */
export interface Admission {
  store: ApiStore
  certificates: Certificates
  serviceCidrs: readonly string[]
}

interface Rules {
  defaults?: (object: KubeObject, before: KubeObject | undefined) => void
  causes?: (object: KubeObject, before: KubeObject | undefined) => Cause[]
}

const rules: Readonly<Record<string, Rules>> = {
  ConfigMap: { causes: dataCauses },
  EndpointSlice: { defaults: defaultEndpointSlice, causes: endpointSliceCauses },
  Namespace: { defaults: defaultNamespace },
  Pod: { defaults: defaultPod, causes: podCauses },
  Secret: { defaults: defaultSecret, causes: dataCauses },
  Service: { defaults: defaultService, causes: serviceCauses },
}

/** Defaults an object in place and throws what is wrong with it; `before` is what it replaces. */
export function admit(
  { store, serviceCidrs }: Admission,
  kind: Kind,
  object: KubeObject,
  before: KubeObject | undefined,
): void {
  const { defaults, causes } = rules[kind.kind] ?? {}
  defaults?.(object, before)
  const found = [...metadataCauses(kind, object), ...(causes?.(object, before) ?? [])]
  if (found.length > 0) throw invalid(kind, object.metadata.name, found)
  if (kind.kind === 'Service') allocateService(store, serviceCidrs, kind, object)
}

/** Nothing is created in a namespace that is not there, or that is going. */
export function assertNamespaceOpen({ store }: Admission, kind: Kind, { metadata }: KubeObject): void {
  if (!kind.namespaced || metadata.namespace === undefined) return
  const namespace = store.get('Namespace', undefined, metadata.namespace)
  if (!namespace) throw notFound({ plural: 'namespaces', group: '' }, metadata.namespace)
  if (!namespace.metadata.deletionTimestamp) return
  const why = `unable to create new content in namespace ${metadata.namespace} because it is being terminated`
  const message = `namespace ${metadata.namespace} is being terminated`
  throw forbidden(kind, metadata.name, why, [{ reason: 'NamespaceTerminating', message, field: 'metadata.namespace' }])
}
