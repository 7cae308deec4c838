import { show } from '../contract/conversation.ts'
import { BOTH, type Family, type Fault } from './fault.ts'
import { podIP } from './kit/family.ts'
import { onNode, table } from './kit/nft.ts'
import { CLOSED_PORT, GRPC_PORT, HTTP, PROBE_PORTS, SIBLING, TCP } from './kit/ports.ts'

const OUTPUT = 'filter hook output priority 0'
const REDIRECT = 'nat hook output priority -110'
const NEEDS = ['hostnet'] as const

const toOwnPods = ({ ip, own }: Family) => `${ip} daddr ${own}`

export const agents: Fault[] = [
  {
    id: 'node-to-its-pods',
    says: 'The node cannot reach its own pods: they serve each other and never become ready.',
    breaks: [{ id: 'N01' }, { id: 'N02' }, { id: 'N04' }],
    also: {
      ids: ['N03', 'N05', 'P09', 'P10', 'C08', 'S07', 'S09', 'S10', 'S20', 'S21', 'D05'],
      because: 'they need the node’s way to its pods, replies of its servers, or pods that it has found ready',
    },
    where: 'one node',
    on: BOTH,
    steps: onNode(
      'node-to-its-pods',
      OUTPUT,
      (f) => `${toOwnPods(f)} meta l4proto { tcp, udp } th dport ${PROBE_PORTS} drop`,
    ),
  },
  {
    id: 'kubelet-only-http',
    says: 'A firewall on the node lets HTTP probes pass and drops the others.',
    breaks: [{ id: 'N02' }],
    also: { ids: ['N04'], because: 'it uses the same ports' },
    where: 'one node',
    on: BOTH,
    steps: onNode('kubelet-only-http', OUTPUT, (f) => `${toOwnPods(f)} tcp dport { ${SIBLING}, ${GRPC_PORT} } drop`),
  },
  {
    id: 'grpc-probe',
    says: 'The gRPC port of a health check is filtered between the node and its pods.',
    breaks: [{ id: 'N02', rows: /grpc/ }],
    where: 'one node',
    on: BOTH,
    steps: onNode('grpc-probe', OUTPUT, (f) => `${toOwnPods(f)} tcp dport ${GRPC_PORT} drop`),
  },
  {
    id: 'probes-answered-by-another',
    says: 'The kubelet’s probes are answered by another pod, so a dead one stays ready.',
    breaks: [{ id: 'N01' }],
    where: 'one node',
    on: BOTH,
    steps: (place) =>
      onNode('probes-answered-by-another', REDIRECT, (f) => {
        const to = podIP(place, 'server', f)
        return `${f.ip} daddr ${podIP(place, 'probed', f)} tcp dport ${HTTP} dnat ${f.ip} to ${to}`
      })(place),
  },
  {
    id: 'closed-ports-answered',
    says: 'A transparent proxy on the node answers for any port: pods are ready before they serve.',
    breaks: [{ id: 'N03' }],
    where: 'one node',
    on: BOTH,
    steps: (place) =>
      onNode('closed-ports-answered', REDIRECT, (f) => {
        const to = show({ ip: podIP(place, 'server', f), port: TCP })
        return `${toOwnPods(f)} tcp dport ${CLOSED_PORT} dnat ${f.ip} to ${to}`
      })(place),
  },
  {
    id: 'agents-without-udp',
    says: 'Metrics by UDP from a pod to its node’s agent, and back, are dropped.',
    breaks: [
      { id: 'N04', rows: /UDP/ },
      { id: 'N05', rows: /UDP/ },
    ],
    where: 'one node',
    on: BOTH,
    needs: NEEDS,
    steps: onNode('agents-without-udp', OUTPUT, (f) => `${toOwnPods(f)} udp dport ${PROBE_PORTS} drop`),
  },
  {
    id: 'host-to-other-nodes',
    says: 'Host-network pods reach the pods of their own node and no others.',
    breaks: [{ id: 'P10', rows: /another node/ }],
    where: 'one node',
    on: BOTH,
    needs: NEEDS,
    steps: onNode(
      'host-to-other-nodes',
      OUTPUT,
      ({ ip, others }) => `${ip} daddr ${others} meta l4proto { tcp, udp } th dport ${PROBE_PORTS} drop`,
    ),
  },
  {
    id: 'pod-to-host-network',
    says: 'Pods cannot reach what listens on the host’s network.',
    breaks: [{ id: 'P09' }],
    where: 'one node',
    on: BOTH,
    needs: NEEDS,
    steps: (place) => {
      const { tcp, udp } = place.pod('host').containers[0]?.ports ?? { tcp: 0, udp: 0 }
      return [
        table(place.node.name, 'pod-to-host-network', [
          {
            hook: 'filter hook input priority -10',
            rules: place.families.flatMap(({ ip, pods }) => [
              `${ip} saddr ${pods} tcp dport ${tcp} drop`,
              `${ip} saddr ${pods} udp dport ${udp} drop`,
            ]),
          },
        ]),
      ]
    },
  },
]
