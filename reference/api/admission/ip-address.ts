import { isDeepStrictEqual } from 'node:util'
import type { V1IPAddressSpec } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { required, wrong } from './causes.ts'

/** What is wrong with an IPAddress: it refers to the object that has the address, and that does not change. */
export function ipAddressCauses({ spec }: KubeObject, before: KubeObject | undefined): Cause[] {
  const { parentRef } = (spec ?? {}) as Partial<V1IPAddressSpec>
  if (!parentRef) return [required('spec.parentRef')]
  return [
    ...(parentRef.resource ? [] : [required('spec.parentRef.resource')]),
    ...(parentRef.name ? [] : [required('spec.parentRef.name')]),
    ...(before && !isDeepStrictEqual(before.spec, spec)
      ? [wrong('spec.parentRef', parentRef, 'field is immutable')]
      : []),
  ]
}
