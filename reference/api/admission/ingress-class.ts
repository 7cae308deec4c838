import type { V1IngressClassSpec } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { required, tooLong, wrong } from './causes.ts'
import { subdomainName } from './names.ts'

/** Bytes. */
const longestController = 250

const specOf = (object: KubeObject) => (object.spec ?? {}) as V1IngressClassSpec

/** What is wrong with an IngressClass: its controller is a domain with a path, and does not change. */
export function ingressClassCauses(ingressClass: KubeObject, before: KubeObject | undefined): Cause[] {
  const { controller = '', parameters } = specOf(ingressClass)
  const field = 'spec.controller'
  return [
    ...controllerCauses(field, controller),
    ...(parameters && !parameters.kind ? [required('spec.parameters.kind')] : []),
    ...(parameters && !parameters.name ? [required('spec.parameters.name')] : []),
    ...(before && specOf(before).controller !== controller ? [wrong(field, controller, 'field is immutable')] : []),
  ]
}

/** What is wrong with the name of a controller, such as `example.com/controller`. */
export function controllerCauses(field: string, controller: string): Cause[] {
  if (controller === '') return [required(field)]
  if (Buffer.byteLength(controller) > longestController) return [tooLong(field, longestController)]
  const [, domain, path] = /^([^/]+)\/(.+)$/s.exec(controller) ?? []
  if (!domain || !path) return [wrong(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  const why = `Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')`
  return [
    ...subdomainName(field, domain),
    ...(/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path) ? [] : [wrong(field, path, why)]),
  ]
}
