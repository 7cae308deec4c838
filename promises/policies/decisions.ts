import type { V1NetworkPolicyPeer, V1NetworkPolicyPort } from '@kubernetes/client-node'
import type { ProbeRef, Role, StandingPod } from '../../contract/topology.ts'
import { type Dialable, firstContainer, toServer } from '../../fixtures/dialable.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { among, into, opened, outOf, selected, throughService } from '../../fixtures/policed.ts'
import { observerOf } from '../../fixtures/scenes/outside.ts'
import { NAMED } from '../../fixtures/scenes/policies.ts'
import { BOTH_PROTOCOLS as BOTH, standing } from '../../fixtures/service-clients.ts'
import { familyOf } from '../../probe/address.ts'
import type { Ports } from '../../probe/protocol.ts'
import { type Deciding, egress, ingress, namespace, rolesOf } from './words.ts'

const ALL = ['client', 'server', 'probed'] as const

/** Lets the peers of a policy in, and claims it for the standing pods of some roles. */
const letsIn =
  (peers: (ground: Ground) => V1NetworkPolicyPeer[], roles: readonly Role[]): Deciding =>
  (ground, { pods }) => ({
    specs: [ingress(ground, peers(ground))],
    denied: opened(ground, into(ground, pods, others(roles)), BOTH, 'denied'),
    allowed: opened(ground, into(ground, pods, roles), BOTH, 'allowed'),
  })

const others = (roles: readonly Role[]) => ALL.filter((role) => !roles.includes(role))

const further = (n: number) => (ports: Ports) => ports.also?.[n]

/** The further port of the scenario's pods with this place in the row. */
const number = ({ pods }: Pick<Scene, 'pods'>, n: number): number => pods[0]?.containers[0]?.ports.also?.[n] ?? 0

/** Opens some ports of the pods. Each entry: a protocol, and the place of a further port, or `own` for the protocol's own one. */
type At = readonly ['TCP' | 'UDP', number | 'own']

const opens =
  (ports: (scene: Scene) => V1NetworkPolicyPort[], allowed: readonly At[], denied: readonly At[]): Deciding =>
  (ground, scene) => {
    const pairs = into(ground, scene.pods, ['client', 'probed'])
    const at = (all: readonly At[], as: 'denied' | 'allowed') =>
      all.flatMap(([protocol, n]) => opened(ground, pairs, [protocol], as, n === 'own' ? undefined : further(n)))
    return {
      specs: [ingress(ground, [], ports(scene))],
      denied: at(denied, 'denied'),
      allowed: at(allowed, 'allowed'),
    }
  }

/** Two policies that let different peers in, and one that lets none in. */
const union =
  (order: readonly number[]): Deciding =>
  (ground, { pods }) => {
    const { topology } = ground
    const all = [
      ingress(ground, [rolesOf(topology, 'client')]),
      ingress(ground),
      ingress(ground, [namespace(topology.namespaces.far)]),
    ]
    return {
      specs: order.flatMap((i) => all[i] ?? []),
      denied: opened(ground, into(ground, pods, ['server']), BOTH, 'denied'),
      allowed: opened(ground, into(ground, pods, ['client', 'probed']), BOTH, 'allowed'),
    }
  }

/** The pods may send to two ports of each other, and may receive at two. One port is in both. */
const bothSides: Deciding = (ground, scene) => {
  const peers = [{ podSelector: selected(ground.own()) }]
  const at = (...places: number[]) =>
    places.flatMap((n) => BOTH.map((protocol) => ({ protocol, port: number(scene, n) })))
  const pairs = among(ground, scene.pods)
  return {
    specs: [egress(ground, peers, at(0, 1)), ingress(ground, peers, at(1, 2))],
    denied: [0, 2].flatMap((n) => opened(ground, pairs, BOTH, 'denied', further(n))),
    allowed: opened(ground, pairs, BOTH, 'allowed', further(1)),
  }
}

/** A selector of no label at all selects every pod of a namespace. */
const wholeNamespace: Deciding = (ground, { pods, subjects }) => ({
  ...(ground.topology.namespaces.policed !== undefined && { namespace: ground.topology.namespaces.policed }),
  specs: [{ podSelector: {}, policyTypes: ['Ingress'] }],
  denied: [
    ...opened(ground, into(ground, pods, ['client', 'probed']), BOTH, 'denied'),
    ...opened(ground, among(ground, pods), BOTH, 'denied'),
    // Through their Service.
    ...opened(ground, subjects, BOTH, 'denied'),
  ],
  allowed: [
    ...opened(ground, outOf(ground, pods, ['server', 'probed']), BOTH, 'allowed'),
    ...opened(ground, throughService(ground, pods), BOTH, 'allowed'),
  ],
})

const defaultDenyIngress: Deciding = (ground, { pods }) => ({
  specs: [ingress(ground)],
  denied: opened(ground, into(ground, pods, ['client', 'probed']), BOTH, 'denied'),
  allowed: opened(ground, outOf(ground, pods, ['server']), BOTH, 'allowed'),
})

const defaultDenyEgress: Deciding = (ground, { pods }) => ({
  specs: [egress(ground)],
  denied: [
    ...opened(ground, outOf(ground, pods, ['server', 'probed']), BOTH, 'denied'),
    ...opened(ground, throughService(ground, pods), BOTH, 'denied'),
  ],
  allowed: opened(ground, into(ground, pods, ['client']), BOTH, 'allowed'),
})

/** No conversation may begin at these pods, or at their peers, and the answers of the others pass. */
const REPLIES = ['TCP', 'UDP', 'HTTP'] as const

const answersOut: Deciding = (ground, { pods }) => ({
  specs: [ingress(ground, [rolesOf(ground.topology, 'client', 'server')]), egress(ground)],
  denied: opened(ground, outOf(ground, pods, ['client', 'server']), BOTH, 'denied'),
  allowed: opened(ground, into(ground, pods, ['client', 'server']), REPLIES, 'allowed'),
})

const answersIn: Deciding = (ground, { pods }) => ({
  specs: [egress(ground, [rolesOf(ground.topology, 'client', 'server')]), ingress(ground)],
  denied: opened(ground, into(ground, pods, ['client', 'server']), BOTH, 'denied'),
  allowed: opened(ground, outOf(ground, pods, ['client', 'server']), REPLIES, 'allowed'),
})

/** Isolates the pods, and claims that the conversations of the scene pass: a pod reaches itself, and its node and it each other. */
const isolated: Deciding = (ground, { pods, subjects }) => ({
  specs: [ingress(ground), egress(ground)],
  denied: [
    ...opened(ground, into(ground, pods, ['client']), BOTH, 'denied'),
    ...opened(ground, outOf(ground, pods, ['server']), BOTH, 'denied'),
  ],
  allowed: opened(ground, subjects, REPLIES, 'allowed'),
})

/** The addresses of a host outside the cluster, as ranges of one address each. */
const rangesOf = ({ ips }: ProbeRef): string[] => ips.map((ip) => `${ip}/${familyOf(ip) === 6 ? 128 : 32}`)

const toHost = (pods: readonly StandingPod[], host: ProbeRef): Dialable[] => toServer(pods.map(firstContainer), host)

const ipBlock: Deciding = (ground, { pods }) => {
  const observer = observerOf(ground.topology)
  return {
    specs: [
      egress(
        ground,
        rangesOf(observer).map((cidr) => ({ ipBlock: { cidr } })),
      ),
    ],
    denied: opened(ground, outOf(ground, pods, ['server']), BOTH, 'denied'),
    allowed: opened(ground, toHost(pods, observer), BOTH, 'allowed'),
  }
}

/** Every address but that of the observer. Another host outside is reached, if there is one. */
const ipBlockExcept: Deciding = (ground, { pods }) => {
  const observer = observerOf(ground.topology)
  const all = observer.ips.some((ip) => familyOf(ip) === 6) ? ['0.0.0.0/0', '::/0'] : ['0.0.0.0/0']
  const except = (cidr: string) =>
    rangesOf(observer).filter((range) => familyOf(range.split('/')[0] ?? '') === (cidr === '::/0' ? 6 : 4))
  const { internet } = ground.topology.outside ?? {}
  return {
    specs: [
      egress(
        ground,
        all.map((cidr) => ({ ipBlock: { cidr, except: except(cidr) } })),
      ),
    ],
    denied: opened(ground, toHost(pods, observer), BOTH, 'denied'),
    allowed: [
      ...opened(ground, toHost(standing(ground.topology, 'client'), observer), BOTH, 'allowed'),
      ...(internet ? opened(ground, toHost(pods, internet), BOTH, 'allowed') : []),
    ],
  }
}

const egressPort: Deciding = (ground, { pods }) => {
  const pairs = outOf(ground, pods, ['server'])
  const port = pairs[0]?.ports.tcp ?? 0
  return {
    specs: [egress(ground, [], [{ protocol: 'TCP', port }])],
    denied: [...opened(ground, pairs, ['HTTP', 'UDP'], 'denied')],
    allowed: opened(ground, pairs, ['TCP'], 'allowed'),
  }
}

/** What policies decide, by their words in a When. */
export const DECISIONS: Readonly<Record<string, Deciding>> = {
  'default-deny ingress for the whole namespace': wholeNamespace,
  'default-deny ingress': defaultDenyIngress,
  'default-deny egress': defaultDenyEgress,
  'ingress from a podSelector': letsIn(({ topology }) => [rolesOf(topology, 'client')], ['client']),
  'ingress from a namespaceSelector': letsIn(({ topology }) => [namespace(topology.namespaces.far)], ['probed']),
  'ingress from a namespaceSelector with a podSelector': letsIn(
    ({ topology }) => [{ ...namespace(topology.namespaces.main), ...rolesOf(topology, 'server', 'probed') }],
    ['server'],
  ),
  'ingress from a namespaceSelector, or from a podSelector': letsIn(
    ({ topology }) => [namespace(topology.namespaces.far), rolesOf(topology, 'client')],
    ['probed', 'client'],
  ),
  'two policies and then default-deny ingress': union([0, 2, 1]),
  'default-deny ingress and then two policies': union([1, 2, 0]),
  'egress to two ports of each other, and ingress at two': bothSides,
  'ingress at a port': opens(
    (scene) => [{ protocol: 'TCP', port: number(scene, 1) }],
    [['TCP', 1]],
    [
      ['TCP', 'own'],
      ['TCP', 0],
      ['TCP', 2],
      ['UDP', 1],
    ],
  ),
  'ingress at a named port': opens(
    () => [{ protocol: 'TCP', port: NAMED.tcp }],
    [['TCP', 'own']],
    [
      ['TCP', 1],
      ['UDP', 'own'],
    ],
  ),
  'ingress at a port and its endPort': opens(
    (scene) => BOTH.map((protocol) => ({ protocol, port: number(scene, 1), endPort: number(scene, 2) })),
    BOTH.flatMap((protocol): At[] => [
      [protocol, 1],
      [protocol, 2],
    ]),
    BOTH.flatMap((protocol): At[] => [
      [protocol, 0],
      [protocol, 3],
    ]),
  ),
  'ingress by UDP': opens(
    () => [{ protocol: 'UDP' }],
    [
      ['UDP', 'own'],
      ['UDP', 2],
    ],
    [
      ['TCP', 'own'],
      ['TCP', 2],
    ],
  ),
  'egress to a port': egressPort,
  'ingress, and no egress': answersOut,
  'egress, and no ingress': answersIn,
  'default-deny ingress and egress': isolated,
  'egress to an ipBlock': ipBlock,
  'egress to an ipBlock with an exception': ipBlockExcept,
}
