import { show } from '../contract/conversation.ts'
import { DRAWN } from '../contract/draw.ts'
import { BOTH, type Fault } from './fault.ts'
import { inFamily, podIP } from './kit/family.ts'
import { BEFORE_TRANSLATION } from './kit/hooks.ts'
import { rulesOnNode } from './kit/nft.ts'
import { toNode } from './kit/node-ports.ts'
import { TCP } from './kit/ports.ts'
import { BEFORE } from './kit/service.ts'

/** Host ports are drawn from this range. The hook BEFORE sees only the first packet of a conversation, so replies pass. */
const HOST_PORTS = `${DRAWN.first}-${DRAWN.last}`

const hostPortFault = (simple: Pick<Fault, 'id' | 'says' | 'breaks'>, steps: Fault['steps']): Fault => ({
  ...simple,
  where: 'one node',
  on: BOTH,
  needs: ['hostnet', 'hostport'],
  steps,
})

export const hostPorts: Fault[] = [
  hostPortFault(
    {
      id: 'host-ports-without-udp',
      says: 'The network plug-in of one node publishes host ports for TCP and forgets UDP.',
      breaks: [{ id: 'X11' }],
    },
    rulesOnNode(
      'host-ports-without-udp',
      BEFORE,
      ({ version }) => `meta nfproto ipv${version} ${toNode} udp dport ${HOST_PORTS} drop`,
    ),
  ),
  hostPortFault(
    {
      id: 'host-port-of-another-pod',
      says: 'A rule of a deleted pod is left on one node, so a host port leads to another pod.',
      breaks: [{ id: 'X11' }],
    },
    rulesOnNode('host-port-of-another-pod', BEFORE, (family, place) => {
      const to = show({ ip: podIP(place, 'server', family), port: TCP })
      return `meta nfproto ipv${family.version} ${toNode} tcp dport ${HOST_PORTS} dnat ${family.ip} to ${to}`
    }),
  ),
  hostPortFault(
    {
      id: 'host-ports-for-outside-alone',
      says: 'A firewall of one node admits host ports from outside the cluster, and drops packets of pods.',
      breaks: [{ id: 'X11', rows: /pod/ }],
    },
    rulesOnNode('host-ports-for-outside-alone', BEFORE, (family, { others }) => {
      const nodes = inFamily(
        others.flatMap(({ internalIPs }) => internalIPs),
        family,
      )
      return [`${family.ip} saddr ${family.others}`, `${family.ip} saddr { ${nodes.join(', ')} }`]
        .map((from) => `${from} ${toNode} meta l4proto { tcp, udp } th dport ${HOST_PORTS} drop`)
        .join('\n')
    }),
  ),
  hostPortFault(
    {
      id: 'host-ports-without-hairpin',
      says: 'One node does not lead its own pods to the host ports of its pods.',
      breaks: [{ id: 'X11', rows: /pod/ }],
    },
    rulesOnNode(
      'host-ports-without-hairpin',
      BEFORE,
      ({ ip, own }) => `${ip} saddr ${own} ${toNode} meta l4proto { tcp, udp } th dport ${HOST_PORTS} drop`,
    ),
  ),
  hostPortFault(
    {
      id: 'host-ports-of-small-packets',
      says: 'A tunnel before one node loses larger packets to its host ports.',
      breaks: [{ id: 'X11' }],
    },
    rulesOnNode(
      'host-ports-of-small-packets',
      BEFORE_TRANSLATION,
      ({ version }) =>
        `meta nfproto ipv${version} ${toNode} ct direction original meta l4proto { tcp, udp } th dport ${HOST_PORTS} meta length > 900 drop`,
    ),
  ),
]
