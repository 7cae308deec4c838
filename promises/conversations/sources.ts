import type { Observed } from '../../contract/conversation.ts'
import { isOutside, type Topology } from '../../contract/topology.ts'
import { ownerOf } from './address-owner.ts'

/** The source address of one client as a server saw it, and its owner. */
export interface Source {
  from: string
  to: string
  protocol: string
  ip: string
  is: string
}

/**
 * The source addresses that no promise fixes: of conversations with the host network or a host outside the cluster at one
 * end. Each is listed once.
 */
export function sourcesOf(all: readonly Observed[], topology: Topology): Source[] {
  const onHost = new Set(topology.pods.flatMap(({ role, uid }) => (role === 'host' ? [uid] : [])))
  const open = all.filter(
    ({ from, to }) =>
      onHost.has(from.uid) || isOutside(from) || to.node === 'outside' || to.by.some(({ uid }) => onHost.has(uid)),
  )
  const found = open.flatMap(({ from, to, outcome: { dial, server } }) =>
    server
      ? [
          {
            from: from.node,
            to: to.node,
            protocol: dial.protocol,
            ip: server.peer.ip,
            is: ownerOf(server.peer.ip, topology).words,
          },
        ]
      : [],
  )
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()]
}
