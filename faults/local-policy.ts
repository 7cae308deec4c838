import type { V1Pod } from '@kubernetes/client-node'
import { show } from '../contract/conversation.ts'
import { POD } from '../contract/labels.ts'
import type { Fault } from './fault.ts'
import { word } from './kit/family.ts'
import { NODE_PORT_CLIENTS, SERVICES } from './kit/groups.ts'
import { rulesOnNode } from './kit/nft.ts'
import { atNodes, NODE_PORTS, nodePortFault, portsIn, viaNodePort } from './kit/node-ports.ts'
import { frozenProxy } from './kit/proxy.ts'
import { isFor, ofOneScenario, once } from './kit/service.ts'

const NEEDS = ['outside'] as const
const HEALTH = [...NEEDS, 'healthcheck'] as const

/** The node that a pod asks for. It is known before the pod runs, so the rules are in place in time. */
const intendedNode = ({ spec }: V1Pod): string | undefined => {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return spec?.nodeName ?? terms?.[0]?.matchFields?.[0]?.values?.[0]
}

/** Answers every health check for the nodes of one kind (with a ready backend, or without) by a node of the other kind. */
const answersFor =
  (id: string, kind: 'with' | 'without'): Fault['steps'] =>
  ({ topology: { nodes } }) => [
    once(
      id,
      'X07',
      nodes.map(({ name }) => name),
      ({ services, pods }) =>
        services.filter(isFor('health')).flatMap((service) => {
          const backends = pods.filter((pod) => ofOneScenario(pod, service) && !pod.metadata?.deletionTimestamp)
          if (backends.length === 0) return []
          const has = (name: string) => backends.some((pod) => intendedNode(pod) === name)
          const liars = nodes.filter(({ name }) => has(name) === (kind === 'with'))
          const speaker = nodes.find(({ name }) => has(name) !== (kind === 'with'))
          const port = service.spec?.healthCheckNodePort ?? 0
          return liars.flatMap(({ internalIPs }) =>
            internalIPs.flatMap((ip) =>
              (speaker?.internalIPs ?? [])
                .filter((to) => word(to) === word(ip))
                .map((to) => `${word(ip)} daddr ${ip} tcp dport ${port} dnat ${word(ip)} to ${to}`),
            ),
          )
        }),
      [{ hook: 'nat hook postrouting priority 90', rules: `${viaNodePort} masquerade` }],
    ),
  ]

export const localPolicy: Fault[] = [
  nodePortFault(
    {
      id: 'local-policy-masquerades',
      says: 'One node masquerades packets from outside although the Service asks for the policy Local.',
      breaks: [{ id: 'X05' }],
      needs: NEEDS,
    },
    rulesOnNode(
      'local-policy-masquerades',
      'nat hook postrouting priority 90',
      ({ ip, own }) => `${ip} daddr ${own} ${viaNodePort} masquerade`,
    ),
  ),
  nodePortFault(
    {
      id: 'local-policy-masquerades-udp',
      says: 'One node keeps the source of TCP connections from outside, and masquerades UDP.',
      breaks: [{ id: 'X05', rows: /UDP/ }],
      needs: NEEDS,
    },
    rulesOnNode(
      'local-policy-masquerades-udp',
      'nat hook postrouting priority 90',
      ({ ip, own }) => `${ip} daddr ${own} meta l4proto udp ct original proto-dst ${NODE_PORTS} masquerade`,
    ),
  ),
  nodePortFault(
    {
      id: 'local-policy-forwards',
      says: 'Nodes without a backend forward packets from outside to other nodes, although the policy is Local.',
      breaks: [{ id: 'X06' }],
      where: 'every node',
      needs: NEEDS,
    },
    ({ topology }) => [
      once(
        'local-policy-forwards',
        'X06',
        topology.nodes.map(({ name }) => name),
        ({ services }) =>
          services.filter(isFor('local-once')).flatMap((service) => {
            const pod = topology.pods.find(({ name }) => name === service.spec?.selector?.[POD])
            const away = topology.nodes.filter(({ name }) => name !== pod?.node)
            const ips = pod?.containers[0]?.ips ?? []
            return portsIn(service).flatMap(({ l4, nodePort, target }) =>
              away.flatMap(({ internalIPs }) =>
                internalIPs.flatMap((node) =>
                  ips
                    .filter((ip) => word(ip) === word(node))
                    .map(
                      (ip) =>
                        `${word(ip)} daddr ${node} ${l4} dport ${nodePort} dnat ${word(ip)} to ${show({ ip, port: target })}`,
                    ),
                ),
              ),
            )
          }),
        [
          {
            hook: 'nat hook postrouting priority 90',
            rules: `${viaNodePort} masquerade`,
          },
        ],
      ),
    ],
  ),
  nodePortFault(
    {
      id: 'health-check-always-good',
      says: 'The health check of a node without a backend answers 200, so the load balancer sends packets into the void.',
      breaks: [{ id: 'X07' }],
      where: 'every node',
      needs: HEALTH,
    },
    answersFor('health-check-always-good', 'without'),
  ),
  nodePortFault(
    {
      id: 'health-check-always-bad',
      says: 'The health check of a node with a backend answers 503, so the load balancer never uses the node.',
      breaks: [{ id: 'X07' }],
      where: 'every node',
      needs: HEALTH,
    },
    answersFor('health-check-always-bad', 'with'),
  ),
  nodePortFault(
    {
      id: 'health-check-frozen',
      says: 'The kube-proxy of one node hangs, and its health checks with it.',
      breaks: [{ id: 'X07' }],
      also: {
        ids: [...NODE_PORT_CLIENTS, ...SERVICES],
        because: 'no new Service reaches the node',
      },
      needs: HEALTH,
    },
    (place) => [frozenProxy(place)],
  ),
  nodePortFault(
    {
      id: 'local-policy-without-terminating',
      says: 'The proxies drop packets from outside as soon as the last backend of a node terminates, although it serves.',
      breaks: [{ id: 'X08' }],
      where: 'every node',
      needs: NEEDS,
    },
    ({ topology: { nodes } }) => [
      once(
        'local-policy-without-terminating',
        'X08',
        nodes.map(({ name }) => name),
        ({ services, pods }) =>
          services.flatMap((service) => {
            const own = pods.filter((pod) => ofOneScenario(pod, service))
            if (!own.some(({ metadata }) => metadata?.deletionTimestamp)) return []
            return portsIn(service).flatMap(({ l4, nodePort }) =>
              atNodes(nodes).map((at) => `${at} ${l4} dport ${nodePort} drop`),
            )
          }),
      ),
    ],
  ),
]
