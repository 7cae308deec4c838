import { show } from '../contract/conversation.ts'
import { BOTH, type Family, type Fault } from './fault.ts'
import { podIP } from './kit/family.ts'
import { rulesOnNode, table } from './kit/nft.ts'
import { CLOSED_PORT, GRPC_PORT, HTTP, PROBE_PORTS, SIBLING, TCP } from './kit/ports.ts'

const OUTPUT = 'filter hook output priority 0'
const REDIRECT = 'nat hook output priority -110'
const NEEDS = ['hostnet'] as const

const toOwnPods = ({ ip, own }: Family) => `${ip} daddr ${own}`

export const agents: Fault[] = [
  {
    id: 'node-to-its-pods',
    says: 'A node cannot reach its own pods. They reach each other, but the kubelet never finds them ready.',
    breaks: [{ id: 'N01' }, { id: 'N02' }, { id: 'N04' }],
    also: {
      ids: ['N03', 'N05', 'P09', 'P10', 'C08', 'S07', 'S09', 'S10', 'S20', 'S21', 'D05'],
      because: 'they need packets from the node to its pods, or pods that its kubelet has found ready',
    },
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode(
      'node-to-its-pods',
      OUTPUT,
      (f) => `${toOwnPods(f)} meta l4proto { tcp, udp } th dport ${PROBE_PORTS} drop`,
    ),
  },
  {
    id: 'kubelet-only-http',
    says: 'A firewall on a node lets HTTP probes of the kubelet pass, and drops TCP and gRPC probes.',
    breaks: [{ id: 'N02' }],
    also: { ids: ['N04'], because: 'its conversations use the same ports' },
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode(
      'kubelet-only-http',
      OUTPUT,
      (f) => `${toOwnPods(f)} tcp dport { ${SIBLING}, ${GRPC_PORT} } drop`,
    ),
  },
  {
    id: 'grpc-probe',
    says: 'A firewall on a node drops packets to the gRPC health check port of its pods.',
    breaks: [{ id: 'N02', rows: /grpc/ }],
    where: 'one node',
    on: BOTH,
    steps: rulesOnNode('grpc-probe', OUTPUT, (f) => `${toOwnPods(f)} tcp dport ${GRPC_PORT} drop`),
  },
  {
    id: 'every-second-kubelet-probe',
    says: 'A node loses every second probe of its kubelet, so pods leave and join their Services all the time.',
    breaks: [{ id: 'N01' }, { id: 'N02' }],
    where: 'one node',
    on: BOTH,
    // A port has a rule, and so a count, of its own: each kind of probe loses every second one.
    steps: (place) =>
      rulesOnNode('every-second-kubelet-probe', OUTPUT, (f) =>
        [HTTP, SIBLING, GRPC_PORT]
          .map(
            (port) =>
              `${f.ip} daddr ${podIP(place, 'probed', f)} tcp dport ${port} tcp flags syn / syn,ack numgen inc mod 2 0 drop`,
          )
          .join('\n'),
      )(place),
  },
  {
    id: 'probes-answered-by-another',
    says: 'Another pod answers the kubelet’s probes, so a dead pod stays ready.',
    breaks: [{ id: 'N01' }],
    where: 'one node',
    on: BOTH,
    steps: (place) =>
      rulesOnNode('probes-answered-by-another', REDIRECT, (f) => {
        const to = podIP(place, 'server', f)
        return `${f.ip} daddr ${podIP(place, 'probed', f)} tcp dport ${HTTP} dnat ${f.ip} to ${to}`
      })(place),
  },
  {
    id: 'closed-ports-answered',
    says: 'A transparent proxy on a node accepts connections to any port, so pods are ready before they serve.',
    breaks: [{ id: 'N03' }],
    where: 'one node',
    on: BOTH,
    steps: (place) =>
      rulesOnNode('closed-ports-answered', REDIRECT, (f) => {
        const to = show({ ip: podIP(place, 'server', f), port: TCP })
        return `${toOwnPods(f)} tcp dport ${CLOSED_PORT} dnat ${f.ip} to ${to}`
      })(place),
  },
  {
    id: 'agents-without-udp',
    says: 'A firewall drops UDP between a node’s agents and the pods of this node, so metrics are lost.',
    breaks: [
      { id: 'N04', rows: /UDP/ },
      { id: 'N05', rows: /UDP/ },
    ],
    where: 'one node',
    on: BOTH,
    needs: NEEDS,
    steps: rulesOnNode('agents-without-udp', OUTPUT, (f) => `${toOwnPods(f)} udp dport ${PROBE_PORTS} drop`),
  },
  {
    id: 'host-to-other-nodes',
    says: 'Host-network pods of a node reach the pods of their own node, but no pods of other nodes.',
    breaks: [{ id: 'P10', rows: /another node/ }],
    where: 'one node',
    on: BOTH,
    needs: NEEDS,
    steps: rulesOnNode(
      'host-to-other-nodes',
      OUTPUT,
      ({ ip, others }) => `${ip} daddr ${others} meta l4proto { tcp, udp } th dport ${PROBE_PORTS} drop`,
    ),
  },
  {
    id: 'pod-to-host-network',
    says: 'Pods cannot reach servers in the host network of a node.',
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
