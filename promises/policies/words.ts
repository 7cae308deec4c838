import type { V1NetworkPolicyPeer, V1NetworkPolicyPort, V1NetworkPolicySpec } from '@kubernetes/client-node'
import type { Planned } from '../../contract/conversation.ts'
import { ROLE, RUN } from '../../contract/labels.ts'
import type { Role, Topology } from '../../contract/topology.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { selected } from '../../fixtures/policed.ts'

/** Policies over a scenario's own pods, in the order of their creation, and what they decide. */
export interface Decided {
  specs: readonly V1NetworkPolicySpec[]
  denied: readonly Planned[]
  allowed: readonly Planned[]
  /** The namespace of the policies, if it is not the main one. */
  namespace?: string
}

export type Deciding = (ground: Ground, scene: Scene) => Decided

/** A policy that isolates a scenario's own pods in one direction, and lets these peers pass at these ports. */
type Isolating = (
  ground: Ground,
  peers?: readonly V1NetworkPolicyPeer[],
  ports?: readonly V1NetworkPolicyPort[],
) => V1NetworkPolicySpec

const isolating =
  (type: 'Ingress' | 'Egress', field: 'ingress' | 'egress', far: '_from' | 'to'): Isolating =>
  (ground, peers = [], ports = []) => {
    const rule = { ...(peers.length > 0 && { [far]: [...peers] }), ...(ports.length > 0 && { ports: [...ports] }) }
    return {
      podSelector: selected(ground.own()),
      policyTypes: [type],
      ...(Object.keys(rule).length > 0 && { [field]: [rule] }),
    }
  }

/** The client's type has `_from` for the field `from`. */
export const ingress = isolating('Ingress', 'ingress', '_from')
export const egress = isolating('Egress', 'egress', 'to')

/** The standing pods of these roles, in the policy's own namespace or in one that `namespaceSelector` selects. */
export const rolesOf = ({ run }: Topology, ...roles: Role[]): Required<Pick<V1NetworkPolicyPeer, 'podSelector'>> => ({
  podSelector: { matchLabels: { [RUN]: run }, matchExpressions: [{ key: ROLE, operator: 'In', values: roles }] },
})

/** The label that every namespace has, with its name. */
const NAME = 'kubernetes.io/metadata.name'

export const namespace = (name = ''): Required<Pick<V1NetworkPolicyPeer, 'namespaceSelector'>> => ({
  namespaceSelector: { matchLabels: { [NAME]: name } },
})
