import { show } from '../contract/conversation.ts'
import { BOTH, type Fault } from './fault.ts'
import { podIP } from './kit/family.ts'
import { rulesOnNode } from './kit/nft.ts'
import { TCP, UDP } from './kit/ports.ts'
import { BEFORE } from './kit/service.ts'

const NEEDS = ['services', 'nodeport']
const RAW = 'filter hook prerouting priority -310'
/** The range from which Services get node ports, unless a cluster is configured otherwise. */
const NODE_PORTS = '30000-32767'
const toNode = 'fib daddr type local'

const onOneNode = (id: string, says: string, breaks: Fault['breaks'], steps: Fault['steps']): Fault => ({
  ...{ id, says, breaks, steps },
  where: 'one node',
  on: BOTH,
  needs: NEEDS,
})

export const nodePorts: Fault[] = [
  onOneNode(
    'node-ports-filtered',
    'A host firewall on one node drops the range of node ports: a load balancer loses every third request.',
    [{ id: 'X01' }],
    rulesOnNode(
      'node-ports-filtered',
      RAW,
      ({ version }) => `meta nfproto ipv${version} ${toNode} meta l4proto { tcp, udp } th dport ${NODE_PORTS} drop`,
    ),
  ),
  onOneNode(
    'node-ports-without-udp',
    'A firewall rule for node ports on one node was written for TCP alone.',
    [{ id: 'X01', rows: /UDP/ }],
    rulesOnNode(
      'node-ports-without-udp',
      RAW,
      ({ version }) => `meta nfproto ipv${version} ${toNode} udp dport ${NODE_PORTS} drop`,
    ),
  ),
  onOneNode(
    'node-ports-to-own-pods',
    'The proxy of one node forwards node ports to its own pods alone, so one backend gets all of its clients.',
    [{ id: 'X01' }],
    rulesOnNode('node-ports-to-own-pods', BEFORE, (family, place) => {
      const { version, ip } = family
      const server = podIP(place, 'server', family)
      const from = `meta nfproto ipv${version} ${toNode}`
      return [
        `${from} tcp dport ${NODE_PORTS} dnat ${ip} to ${show({ ip: server, port: TCP })}`,
        `${from} udp dport ${NODE_PORTS} dnat ${ip} to ${show({ ip: server, port: UDP })}`,
      ].join('\n')
    }),
  ),
]
