import type { V1Ingress, V1IngressClass, V1IngressRule } from '@kubernetes/client-node'
import type { KubeObject } from '../contract.ts'
import { age, column, name, none, wide } from './column.ts'

const asIngress = (object: KubeObject) => object as unknown as V1Ingress

function hosts(rules: readonly V1IngressRule[]): string {
  const named = rules.slice(0, 3).flatMap(({ host }) => host || [])
  if (named.length === 0) return '*'
  return rules.length > 3 ? `${named.join(',')} + ${rules.length - 3} more...` : named.join(',')
}

export const ingress = [
  name,
  column('Class', (object) => asIngress(object).spec?.ingressClassName ?? none),
  column('Hosts', (object) => hosts(asIngress(object).spec?.rules ?? [])),
  column('Address', (object) =>
    (asIngress(object).status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname).join(','),
  ),
  column('Ports', (object) => (asIngress(object).spec?.tls?.length ? '80, 443' : '80')),
  age,
]

const defaultAnnotation = 'ingressclass.kubernetes.io/is-default-class'

function parameters(object: KubeObject): string {
  const found = (object as unknown as V1IngressClass).spec?.parameters
  return found ? `${[found.kind, found.apiGroup].filter(Boolean).join('.')}/${found.name}` : none
}

export const ingressClass = [
  column('Name', ({ metadata }) =>
    metadata.annotations?.[defaultAnnotation] === 'true' ? `${metadata.name} (default)` : metadata.name,
  ),
  column('Controller', (object) => (object as unknown as V1IngressClass).spec?.controller ?? ''),
  column('Parameters', parameters),
  age,
]

interface Conditioned {
  spec?: { controllerName?: string; description?: string; gatewayClassName?: string; hostnames?: string[] }
  status?: { conditions?: { type: string; status: string }[]; addresses?: { value: string }[] }
}

const asConditioned = (object: KubeObject) => object as unknown as Conditioned
const condition = (object: KubeObject, wanted: string) =>
  asConditioned(object).status?.conditions?.find(({ type }) => type === wanted)?.status ?? ''

export const gatewayClass = [
  name,
  column('Controller', (object) => asConditioned(object).spec?.controllerName ?? ''),
  column('Accepted', (object) => condition(object, 'Accepted')),
  age,
  wide('Description', (object) => asConditioned(object).spec?.description ?? ''),
]
export const gateway = [
  name,
  column('Class', (object) => asConditioned(object).spec?.gatewayClassName ?? ''),
  column('Address', (object) => (asConditioned(object).status?.addresses ?? []).map(({ value }) => value).join(',')),
  column('Programmed', (object) => condition(object, 'Programmed')),
  age,
]
export const httpRoute = [
  name,
  column('Hostnames', (object) => {
    const { hostnames } = asConditioned(object).spec ?? {}
    return hostnames ? JSON.stringify(hostnames) : ''
  }),
  age,
]
