import type { KubeObject } from '../contract.ts'
import type { Certificates } from './certificates.ts'
import type { Kind } from './kinds.ts'
import { forbidden, invalid, notFound } from './status.ts'
import type { ApiStore } from './store.ts'

/** What admission needs to know of the cluster. */
export interface Admission {
  store: ApiStore
  certificates: Certificates
  serviceCidrs: readonly string[]
}

/** Defaults an object in place and throws what is wrong with it; `before` is what it replaces. */
export function admit(_api: Admission, kind: Kind, object: KubeObject, _before: KubeObject | undefined): void {
  const { name } = object.metadata
  if (!name)
    throw invalid(kind, '', [
      {
        reason: 'FieldValueRequired',
        message: 'Required value: name or generateName is required',
        field: 'metadata.name',
      },
    ])
}

/** Nothing is created in a namespace that is not there, or that is going. */
export function assertNamespaceOpen({ store }: Admission, kind: Kind, { metadata }: KubeObject): void {
  if (!kind.namespaced || metadata.namespace === undefined) return
  const namespace = store.get('Namespace', undefined, metadata.namespace)
  if (!namespace) throw notFound({ plural: 'namespaces', group: '' }, metadata.namespace)
  if (!namespace.metadata.deletionTimestamp) return
  const why = `unable to create new content in namespace ${metadata.namespace} because it is being terminated`
  throw forbidden(kind, metadata.name, why, [
    {
      reason: 'NamespaceTerminating',
      message: `namespace ${metadata.namespace} is being terminated`,
      field: 'metadata.namespace',
    },
  ])
}
