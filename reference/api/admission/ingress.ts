import { isIP } from 'node:net'
import type { V1Ingress, V1IngressRule, V1IngressSpec, V1IngressTLS } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { required, wrong } from './causes.ts'
import { backendCauses, pathCauses } from './ingress-path.ts'
import { hostName, subdomainName } from './names.ts'

const classAnnotation = 'kubernetes.io/ingress.class'
const defaultAnnotation = 'ingressclass.kubernetes.io/is-default-class'

const specOf = (ingress: KubeObject) => (ingress.spec ?? {}) as V1IngressSpec

/** Gives a new Ingress its empty status. */
export function defaultIngress(ingress: KubeObject, before: KubeObject | undefined): void {
  ingress.spec ??= {}
  if (!before) ingress.status = { loadBalancer: {} }
}

/** Gives an Ingress that names no class the default one: the newest class with the annotation. */
export function chooseIngressClass({ metadata, spec }: KubeObject, classes: readonly KubeObject[]): void {
  const ingress = spec as V1IngressSpec
  if (ingress.ingressClassName !== undefined || metadata.annotations?.[classAnnotation] !== undefined) return
  const isDefault = ({ metadata }: KubeObject) => metadata.annotations?.[defaultAnnotation] === 'true'
  const created = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? ''
  const [newest] = classes.filter(isDefault).sort((a, b) => created(b).localeCompare(created(a)))
  if (newest) ingress.ingressClassName = newest.metadata.name
}

/** What is wrong with an Ingress. */
export function ingressCauses(ingress: KubeObject, before: KubeObject | undefined): Cause[] {
  const { rules, defaultBackend, tls, ingressClassName } = specOf(ingress)
  const isEmpty = !rules?.length && !defaultBackend
  return [
    ...(isEmpty ? [wrong('spec', rules, 'either `defaultBackend` or `rules` must be specified')] : []),
    ...(defaultBackend ? backendCauses(defaultBackend, 'spec.defaultBackend') : []),
    ...(rules ?? []).flatMap((rule, index) => ruleCauses(rule, `spec.rules[${index}]`)),
    ...(tls ?? []).flatMap((entry, index) => tlsCauses(entry, `spec.tls[${index}]`)),
    ...(ingressClassName === undefined ? [] : subdomainName('spec.ingressClassName', ingressClassName)),
    ...(before ? [] : annotationCauses(ingress as unknown as V1Ingress)),
  ]
}

function ruleCauses({ host, http }: V1IngressRule, at: string): Cause[] {
  return [
    ...(host && isIP(host) ? [wrong(`${at}.host`, host, 'must be a DNS name, not an IP address')] : []),
    ...(host ? hostName(`${at}.host`, host) : []),
    ...(http && !http.paths?.length ? [required(`${at}.http.paths`)] : []),
    ...(http?.paths ?? []).flatMap((path, index) => pathCauses(path, `${at}.http.paths[${index}]`)),
  ]
}

function tlsCauses({ hosts = [], secretName }: V1IngressTLS, at: string): Cause[] {
  return [
    ...hosts.flatMap((host, index) => hostName(`${at}.hosts[${index}]`, host)),
    ...(secretName ? subdomainName(`${at}.secretName`, secretName) : []),
  ]
}

function annotationCauses({ metadata, spec }: V1Ingress): Cause[] {
  const named = metadata?.annotations?.[classAnnotation]
  if (named === undefined || spec?.ingressClassName === undefined || named === spec.ingressClassName) return []
  const why = 'must match `ingressClassName` when both are specified'
  return [wrong(`annotations.${classAnnotation}`, named, why)]
}
