import type { V1NetworkPolicyIngressRule, V1NetworkPolicyPeer, V1NetworkPolicySpec } from '@kubernetes/client-node'
import { type Allowed, conditions, type Peers, type PolicyPod, word } from './peers.ts'
import { selects } from './selectors.ts'

/** A NetworkPolicy. The client's type has `_from` for the field `from`. */
export interface Policy {
  namespace: string
  spec: Omit<V1NetworkPolicySpec, 'ingress'> & {
    ingress?: (Omit<V1NetworkPolicyIngressRule, '_from'> & { from?: V1NetworkPolicyPeer[] })[]
  }
}

/** The chain of one isolated pod in one direction: its rules, and the elements of maps that lead to it. */
export interface Chain {
  node: string
  name: string
  rules: string[]
  /** `ingress4 { 10.244.1.7 : jump … }` */
  elements: string[]
}

const DIRECTIONS = [
  { type: 'Ingress', map: 'ingress', far: 'saddr' },
  { type: 'Egress', map: 'egress', far: 'daddr' },
] as const

type Direction = (typeof DIRECTIONS)[number]

/** Whether a policy isolates in that direction. By default it does so for ingress, and for egress if it has such rules. */
function isolates({ spec }: Policy, { type }: Direction): boolean {
  const types = spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])]
  return types.includes(type)
}

function allowedBy({ spec, namespace: home }: Policy, { type }: Direction): Allowed[] {
  if (type === 'Ingress')
    return (spec.ingress ?? []).map(({ from, ports }) => ({ peers: from ?? [], ports: ports ?? [], home }))
  return (spec.egress ?? []).map(({ to, ports }) => ({ peers: to ?? [], ports: ports ?? [], home }))
}

function chainOf(pod: PolicyPod, policies: readonly Policy[], all: Peers, direction: Direction): Chain[] {
  const own = policies.filter((policy) => isolates(policy, direction))
  if (own.length === 0) return []
  const { map, far } = direction
  const name = `${map}-${pod.uid}`
  const families = [...new Set(pod.addresses.map(word))]
  const allowed = own.flatMap((policy) => allowedBy(policy, direction))
  const rules = [
    // A pod cannot be kept from itself, also through a Service.
    ...pod.addresses.map((address) => `${word(address)} ${far} ${address} return`),
    ...families.flatMap((ip) =>
      allowed.flatMap((rule) => conditions(rule, pod, all, { far, ip })).map((match) => `${match} return`),
    ),
    'drop',
  ]
  const elements = pod.addresses.map(
    (address) => `${map}${word(address) === 'ip' ? 4 : 6} { ${address} : jump ${name} }`,
  )
  return [{ node: pod.node, name, rules: [...new Set(rules)], elements }]
}

/** The chains of all pods that a policy isolates. */
export function chainsOf(all: Peers, policies: readonly Policy[]): Chain[] {
  return all.pods.flatMap((pod) => {
    const own = policies.filter(
      ({ namespace, spec }) => namespace === pod.namespace && selects(spec.podSelector ?? {}, pod.labels),
    )
    return own.length === 0 ? [] : DIRECTIONS.flatMap((direction) => chainOf(pod, own, all, direction))
  })
}
