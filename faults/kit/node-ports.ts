import type { V1Service } from '@kubernetes/client-node'
import type { NodeRef } from '../../contract/topology.ts'
import { BOTH, type Fault } from '../fault.ts'
import { word } from './family.ts'
import { NODE_PORT_CLIENTS } from './groups.ts'
import type { Simple } from './service.ts'

/** A hook before all translation. */
export const RAW = 'filter hook prerouting priority -310'
/** The range from which Services get node ports, unless a cluster is configured otherwise. */
export const NODE_PORTS = '30000-32767'
/** nft's match for packets to an address of the node itself. */
export const toNode = 'fib daddr type local'

/** nft's match for packets that came to a node port and were translated. The protocol lets nft read the port. */
export const viaNodePort = `ct status dnat meta l4proto { tcp, udp } ct original proto-dst ${NODE_PORTS}`

/** A fault about node ports: on one node, in either source, and with all scenarios about node ports in `also`. */
export const nodePortFault = (simple: Simple, steps: Fault['steps']): Fault => ({
  where: 'one node',
  on: BOTH,
  also: { ids: NODE_PORT_CLIENTS, because: 'their clients use node ports too' },
  ...simple,
  needs: ['services', 'nodeport', ...(simple.needs ?? [])],
  steps,
})

/** The node ports of a Service, with nft's words for their protocols, and their target ports. */
export const portsIn = ({ spec }: V1Service) =>
  (spec?.ports ?? []).map(({ protocol, nodePort = 0, targetPort }) => ({
    l4: protocol === 'UDP' ? 'udp' : 'tcp',
    nodePort,
    target: Number(targetPort),
  }))

/** nft's matches for packets to these nodes, one for each of their addresses. */
export const atNodes = (nodes: readonly NodeRef[]): string[] =>
  nodes.flatMap(({ internalIPs }) => internalIPs.map((ip) => `${word(ip)} daddr ${ip}`))
