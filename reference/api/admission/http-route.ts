import type { KubeObject } from '../../contract.ts'
import { type BackendRef, gatewayGroup, type HttpMatch, type HttpRoute, type ParentRef } from '../../gateway-api.ts'
import type { Cause } from '../status.ts'
import { oneOf, portRange, required, wrong } from './causes.ts'
import { hostName } from './names.ts'

const asRoute = (object: KubeObject) => object as unknown as { spec: HttpRoute['spec'] }

/** Gives an HTTPRoute its defaults: one rule for all paths, Gateways as parents, and Services as backends. */
export function defaultHttpRoute(object: KubeObject, before: KubeObject | undefined): void {
  object.spec ??= {}
  const { spec } = asRoute(object)
  for (const parent of spec.parentRefs ?? []) {
    parent.group ??= gatewayGroup
    parent.kind ??= 'Gateway'
  }
  spec.rules ??= [{}]
  for (const rule of spec.rules) {
    rule.matches ??= [{}]
    for (const match of rule.matches) match.path = { type: 'PathPrefix', value: '/', ...match.path }
    for (const backend of rule.backendRefs ?? []) {
      backend.group ??= ''
      backend.kind ??= 'Service'
      backend.weight ??= 1
    }
  }
  if (!before) object.status = { parents: [] }
}

/** What is wrong with an HTTPRoute. */
export function httpRouteCauses(object: KubeObject): Cause[] {
  const { parentRefs = [], hostnames = [], rules = [] } = asRoute(object).spec
  return [
    ...parentRefs.flatMap((parent, index) => parentCauses(parent, `spec.parentRefs[${index}]`)),
    ...hostnames.flatMap((host, index) => hostName(`spec.hostnames[${index}]`, host)),
    ...rules.flatMap(({ matches = [], backendRefs = [] }, index) => [
      ...matches.flatMap((match, n) => matchCauses(match, `spec.rules[${index}].matches[${n}].path`)),
      ...backendRefs.flatMap((backend, n) => backendCauses(backend, `spec.rules[${index}].backendRefs[${n}]`)),
    ]),
  ]
}

const parentCauses = ({ name }: Partial<ParentRef>, at: string): Cause[] => (name ? [] : [required(`${at}.name`)])

function matchCauses({ path: { type, value = '' } = {} }: HttpMatch, at: string): Cause[] {
  const isLiteral = type === 'Exact' || type === 'PathPrefix'
  const absolute = "value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']"
  return [
    ...oneOf(`${at}.type`, type, ['Exact', 'PathPrefix', 'RegularExpression']),
    ...(isLiteral && !value.startsWith('/') ? [wrong(at, { type, value }, absolute)] : []),
  ]
}

function backendCauses({ name, kind, group, port, weight }: Partial<BackendRef>, at: string): Cause[] {
  const needsPort = group === '' && kind === 'Service' && port === undefined
  const isWeight = weight === undefined || (Number.isInteger(weight) && weight >= 0 && weight <= 1_000_000)
  return [
    ...(name ? [] : [required(`${at}.name`)]),
    ...(needsPort ? [wrong(at, { name, kind, group }, 'Must have port for Service reference')] : []),
    ...(port === undefined ? [] : portRange(`${at}.port`, port)),
    ...(isWeight ? [] : [wrong(`${at}.weight`, weight, 'should be between 0 and 1000000')]),
  ]
}
