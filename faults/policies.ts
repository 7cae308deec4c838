import type { V1Pod } from '@kubernetes/client-node'
import { familyOf } from '../probe/address.ts'
import type { Fault, Place } from './fault.ts'
import { word } from './kit/family.ts'
import { POLICIES } from './kit/groups.ts'
import {
  engineRule,
  engineRules,
  filtersPodsOf,
  filtersTheNode,
  freezingEngine,
  lateForPods,
  overlooksPodsOf,
} from './kit/policy-engine.ts'
import { TCP } from './kit/ports.ts'

interface Simple {
  id: string
  says: string
  breaks: Fault['breaks']
  where?: Fault['where']
  needs?: readonly string[]
}

/** A fault of the policy engine. Only the reference cluster's engine can be broken by rules of its own. */
const fault = ({ needs = [], ...simple }: Simple, steps: Fault['steps']): Fault => ({
  where: 'every node',
  on: ['reference'],
  needs: ['netpol', ...needs],
  also: {
    ids: [...POLICIES, 'N08'].filter((id) => simple.breaks.every((claim) => claim.id !== id)),
    because: 'other policies have the same rules in part',
  },
  ...simple,
  steps,
})

const all = (...ids: string[]): Fault['breaks'] => ids.map((id) => ({ id }))

/** nft's matches for the standing pods of a role as the source. */
const from = ({ topology }: Place, role: 'client' | 'server' | 'probed'): string[] =>
  topology.pods
    .filter((pod) => pod.role === role)
    .flatMap(({ containers }) => containers[0]?.ips ?? [])
    .map((ip) => `${word(ip)} saddr ${ip}`)

const observerIPs = ({ topology }: Place): readonly string[] => topology.outside?.observer.ips ?? []

/** The further ports of a policed pod, which its container's arguments name. */
const further = ({ spec }: V1Pod): number[] => {
  const flag = spec?.containers[0]?.command?.find((word) => word.startsWith('--also=')) ?? ''
  return flag.slice('--also='.length).split(',').filter(Boolean).map(Number)
}

export const policies: Fault[] = [
  fault(
    {
      id: 'policies-missing-on-a-node',
      says: 'The policy agent of one node has crashed, so no policy has an effect there.',
      breaks: all('NP02', 'NP03', 'NP08', 'NP09', 'NP10'),
      where: 'one node',
    },
    ({ node }) => [engineRule(node.name, 'policies-missing-on-a-node', 'forward', ['accept'])],
  ),
  fault(
    {
      id: 'policies-for-tcp-alone',
      says: 'The policy engine filters TCP and forgets UDP.',
      breaks: all('NP02', 'NP03', 'NP04', 'NP05', 'NP06', 'NP08', 'NP10'),
    },
    engineRules('policies-for-tcp-alone', 'forward', () => ['meta l4proto udp accept']),
  ),
  fault(
    {
      id: 'policies-for-udp-alone',
      says: 'The policy engine treats a rule for UDP as one for TCP too.',
      breaks: all('NP07'),
    },
    (place) => [
      overlooksPodsOf(place, 'policies-for-udp-alone', 'NP07', 'ingress', (ip) => [
        `${word(ip)} daddr ${ip} meta l4proto tcp return`,
      ]),
    ],
  ),
  fault(
    {
      id: 'ingress-policies-ignored',
      says: 'The policy engine enforces egress, and lets everything in.',
      breaks: all('NP02', 'NP04', 'NP05', 'NP06', 'NP07', 'NP08'),
    },
    engineRules('ingress-policies-ignored', 'ingress', () => ['return']),
  ),
  fault(
    {
      id: 'egress-policies-ignored',
      says: 'The policy engine enforces ingress, and lets everything out.',
      breaks: all('NP03', 'NP06', 'NP08', 'NP10', 'NP11'),
    },
    engineRules('egress-policies-ignored', 'egress', () => ['return']),
  ),
  fault(
    {
      id: 'policies-before-translation',
      says: 'The policy engine looks at a packet before its virtual IP is translated, so a Service is a way around policies.',
      breaks: all('NP02', 'NP03'),
    },
    engineRules('policies-before-translation', 'forward', ({ families }) =>
      families.map(({ ip, services }) => `ct original ${ip} daddr ${services} accept`),
    ),
  ),
  fault(
    {
      id: 'policies-let-dns-out',
      says: 'The policy engine always lets DNS pass, so data can leave through lookups.',
      breaks: all('NP03'),
    },
    engineRules('policies-let-dns-out', 'egress', () => ['meta l4proto { tcp, udp } th dport 53 return']),
  ),
  fault(
    {
      id: 'namespaces-of-peers-ignored',
      says: 'The policy engine takes each peer for one of the policy’s own namespace, so pods of another one get in.',
      breaks: all('NP04'),
    },
    engineRules('namespaces-of-peers-ignored', 'ingress', (place) =>
      from(place, 'probed').map((match) => `${match} return`),
    ),
  ),
  fault(
    {
      id: 'known-addresses-let-in',
      says: 'The policy engine keeps letting in the addresses of pods whose labels no longer match.',
      breaks: all('NP04', 'NP05'),
    },
    engineRules('known-addresses-let-in', 'ingress', (place) =>
      from(place, 'server').map((match) => `${match} return`),
    ),
  ),
  fault(
    {
      id: 'last-policy-wins',
      says: 'The policy engine applies one policy of a pod, and not the sum of all of them.',
      breaks: all('NP05'),
    },
    (place) => {
      const lost = place.draw('last-policy-wins').one(['client', 'probed'] as const)
      return [
        filtersPodsOf(place, { id: 'last-policy-wins', scenario: 'NP05', once: 'ingress' }, (ip) =>
          from(place, lost)
            .filter((match) => match.startsWith(`${word(ip)} `))
            .map((match) => `${match} ${word(ip)} daddr ${ip} drop`),
        ),
      ]
    },
  ),
  fault(
    {
      id: 'end-port-ignored',
      says: 'The policy engine knows the first port of a range, and not its endPort.',
      breaks: all('NP07'),
    },
    (place) => [
      filtersPodsOf(place, { id: 'end-port-ignored', scenario: 'NP07', once: 'ingress' }, (ip, pod) =>
        further(pod)
          .slice(2, 3)
          .map((port) => `${word(ip)} daddr ${ip} meta l4proto { tcp, udp } th dport ${port} drop`),
      ),
    ],
  ),
  fault(
    {
      id: 'named-ports-unknown',
      says: 'The policy engine does not find the number of a named port, so nothing reaches it.',
      breaks: all('NP07'),
    },
    (place) => [
      filtersPodsOf(place, { id: 'named-ports-unknown', scenario: 'NP07', once: 'ingress' }, (ip, { spec }) =>
        (spec?.containers[0]?.ports ?? []).map(
          ({ containerPort }) => `${word(ip)} daddr ${ip} tcp dport ${containerPort} drop`,
        ),
      ),
    ],
  ),
  fault(
    {
      id: 'egress-ports-ignored',
      says: 'The policy engine lets pods out to every port of a server.',
      breaks: all('NP07'),
    },
    (place) => [
      overlooksPodsOf(place, 'egress-ports-ignored', 'NP07', 'egress', (ip) => [
        `${word(ip)} saddr ${ip} meta l4proto { tcp, udp } th dport != ${TCP} return`,
        `${word(ip)} saddr ${ip} udp dport ${TCP} return`,
      ]),
    ],
  ),
  fault(
    {
      id: 'replies-need-a-rule',
      says: 'The policy engine does not track connections, so the answers of an isolated pod are dropped.',
      breaks: all('NP03', 'NP08'),
    },
    engineRules('replies-need-a-rule', 'forward', () => [
      'ct direction reply jump egress',
      'ct direction reply jump ingress',
    ]),
  ),
  fault(
    {
      id: 'policies-filter-the-node',
      says: 'The policy engine applies policies to the node’s own packets, so the kubelet’s probes of isolated pods fail.',
      breaks: all('NP09', 'N08'),
    },
    ({ topology }) => topology.nodes.map(({ name }) => filtersTheNode(name)),
  ),
  fault(
    {
      id: 'new-pods-open-at-first',
      says: 'The policy engine follows new pods seconds late, so their first packets leave.',
      breaks: all('NP10'),
    },
    (place) => {
      const seconds = place.draw('new-pods-open-at-first').number(2, 5)
      return place.topology.nodes.map(({ name }) => lateForPods(place, name, 'new-pods-open-at-first', seconds))
    },
  ),
  fault(
    {
      id: 'deleted-policy-kept',
      says: 'The policy agent of one node hangs, so a policy that was deleted still has its effect there.',
      breaks: all('NP02'),
      where: 'one node',
    },
    (place) => [freezingEngine(place, 'NP02')],
  ),
  fault(
    {
      id: 'exceptions-of-a-range-ignored',
      says: 'The policy engine ignores the except of an ipBlock, so pods reach a host that they must not.',
      breaks: [{ id: 'NP11', rows: /exception/ }],
      needs: ['observer'],
    },
    engineRules('exceptions-of-a-range-ignored', 'egress', (place) =>
      observerIPs(place).map((ip) => `${word(ip)} daddr ${ip} return`),
    ),
  ),
  fault(
    {
      id: 'ranges-ignored',
      says: 'The policy engine ignores ipBlocks, so isolated pods reach no host outside the cluster.',
      breaks: all('NP11'),
      needs: ['observer'],
    },
    (place) => [
      filtersPodsOf(place, { id: 'ranges-ignored', scenario: 'NP11', once: 'egress' }, (ip) =>
        observerIPs(place)
          .filter((host) => familyOf(host) === familyOf(ip))
          .map((host) => `${word(ip)} saddr ${ip} ${word(ip)} daddr ${host} drop`),
      ),
    ],
  ),
  fault(
    {
      id: 'denied-without-a-policy',
      says: 'The policy engine isolates every pod, also those that no policy selects.',
      breaks: all('NP01'),
    },
    (place) => [
      filtersPodsOf(place, { id: 'denied-without-a-policy', scenario: 'NP01' }, (ip) => [
        `${word(ip)} daddr ${ip} ct state new drop`,
      ]),
    ],
  ),
]
