import { show } from '../contract/conversation.ts'
import type { Fault } from './fault.ts'
import { podIP } from './kit/family.ts'
import { rulesOnNode } from './kit/nft.ts'
import { NODE_PORTS, nodePortFault, portsIn, RAW, toNode, viaNodePort } from './kit/node-ports.ts'
import { observerOf } from './kit/outside.ts'
import { once } from './kit/service.ts'

export const nodePorts: Fault[] = [
  nodePortFault(
    {
      id: 'node-ports-filtered',
      says: 'A host firewall on one node drops the range of node ports: a load balancer loses every third request.',
      breaks: [{ id: 'X01' }, { id: 'X02', rows: /outside/ }, { id: 'X03' }],
    },
    rulesOnNode(
      'node-ports-filtered',
      RAW,
      ({ version }) => `meta nfproto ipv${version} ${toNode} meta l4proto { tcp, udp } th dport ${NODE_PORTS} drop`,
    ),
  ),
  nodePortFault(
    {
      id: 'node-ports-without-udp',
      says: 'A firewall rule for node ports on one node was written only for TCP.',
      breaks: [
        { id: 'X01', rows: /UDP/ },
        { id: 'X02', rows: /outside.*UDP|datagram/ },
      ],
    },
    rulesOnNode(
      'node-ports-without-udp',
      RAW,
      ({ version }) => `meta nfproto ipv${version} ${toNode} udp dport ${NODE_PORTS} drop`,
    ),
  ),
  nodePortFault(
    {
      id: 'node-ports-of-one-family',
      says: 'One node answers node ports at its IPv4 address and not at its IPv6 address.',
      breaks: [{ id: 'X01' }, { id: 'X02', rows: /outside/ }],
      needs: ['dual'],
    },
    rulesOnNode(
      'node-ports-of-one-family',
      RAW,
      () => `meta nfproto ipv6 ${toNode} meta l4proto { tcp, udp } th dport ${NODE_PORTS} drop`,
    ),
  ),
  nodePortFault(
    {
      id: 'node-ports-from-the-cluster-alone',
      says: 'The security group of one node admits node ports from the cluster and not from outside.',
      breaks: [{ id: 'X02', rows: /outside/ }],
      needs: ['outside'],
    },
    rulesOnNode('node-ports-from-the-cluster-alone', RAW, (family, place) => {
      const from = observerOf(place, family)
      return from && `${family.ip} saddr ${from} meta l4proto { tcp, udp } th dport ${NODE_PORTS} drop`
    }),
  ),
  nodePortFault(
    {
      id: 'node-ports-not-for-the-host',
      says: 'The proxy of one node translates node ports for packets from other hosts, and not for programs on the node.',
      breaks: [{ id: 'X02', rows: /host-network/ }],
      needs: ['hostnet'],
    },
    rulesOnNode(
      'node-ports-not-for-the-host',
      'filter hook output priority -310',
      ({ version }) => `meta nfproto ipv${version} meta l4proto { tcp, udp } th dport ${NODE_PORTS} drop`,
    ),
  ),
  nodePortFault(
    {
      id: 'node-ports-of-small-packets',
      says: 'One node forwards small packets to node ports and drops full-sized ones, so downloads hang.',
      breaks: [{ id: 'X02', rows: /stream|datagram/ }],
      needs: ['outside'],
    },
    rulesOnNode(
      'node-ports-of-small-packets',
      RAW,
      ({ version }) =>
        `meta nfproto ipv${version} ${toNode} meta length > 1300 meta l4proto { tcp, udp } th dport ${NODE_PORTS} drop`,
    ),
  ),
  nodePortFault(
    {
      id: 'node-ports-to-own-pods',
      says: 'The proxy of one node forwards node ports only to its own pods, so one backend gets all of its clients.',
      breaks: [{ id: 'X01' }],
    },
    (place) => [
      once('node-ports-to-own-pods', 'X01', [place.node.name], ({ services }) =>
        services.flatMap((service) =>
          place.families.flatMap((family) =>
            portsIn(service).map(({ l4, nodePort, target }) => {
              const to = show({ ip: podIP(place, 'server', family), port: target })
              return `meta nfproto ipv${family.version} ${toNode} ${l4} dport ${nodePort} dnat ${family.ip} to ${to}`
            }),
          ),
        ),
      ),
    ],
  ),
  nodePortFault(
    {
      id: 'node-ports-not-forwarded',
      says: 'One node answers node ports for its own backends, and its firewall drops what it forwards to other nodes.',
      // A lost datagram is sent again, and may meet another backend, so every UDP conversation may be answered in the end.
      breaks: [{ id: 'X01' }, { id: 'X02', rows: /outside.*TCP/ }],
    },
    rulesOnNode(
      'node-ports-not-forwarded',
      'filter hook forward priority -10',
      ({ ip, others }) => `${ip} daddr ${others} ${viaNodePort} drop`,
    ),
  ),
  nodePortFault(
    {
      id: 'node-port-source-of-a-pod',
      says: 'One node gives packets that it forwards from a node port the address of one of its pods.',
      breaks: [{ id: 'X04' }],
      needs: ['outside'],
    },
    rulesOnNode('node-port-source-of-a-pod', 'nat hook postrouting priority 90', (family, place) => {
      const { ip, others } = family
      return `${ip} daddr ${others} ${viaNodePort} snat ${ip} to ${podIP(place, 'probed', family)}`
    }),
  ),
]
