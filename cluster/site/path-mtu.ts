import type { StandingPod } from '../../contract/topology.ts'
import { familyOf } from '../../probe/address.ts'
import type { Dial } from '../../probe/protocol.ts'
import type { Asker } from '../streams/probe-client.ts'

/** The smallest MTU of the interfaces of pods, by node. A pod without an eth0 is left out. */
export async function podMtus(
  pods: readonly StandingPod[],
  streams: Asker,
  limit: number,
): Promise<ReadonlyMap<string, number>> {
  const probes = pods.filter(({ role }) => role !== 'host').flatMap(({ containers }) => containers.slice(0, 1))
  const facts = await Promise.all(probes.map((probe) => streams.ask(probe, 'facts', {}, limit)))
  const all = new Map<string, number>()
  for (const [i, { link }] of facts.entries()) {
    const node = probes[i]?.node ?? ''
    if (link.mtu > 0) all.set(node, Math.min(link.mtu, all.get(node) ?? link.mtu))
  }
  return all
}

/** The deadline in milliseconds of a datagram that a node may have to refuse first. */
const DATAGRAM_MS = 1_000

/**
 * Whether a path between two nodes takes smaller IPv6 packets than their pods send, as the nodes say it. The pods of each node send a
 * full packet to those of the next node. If its answer does not come, nothing is known.
 */
export async function isNarrow(
  pods: readonly StandingPod[],
  mtus: ReadonlyMap<string, number>,
  streams: Asker,
  limit: number,
): Promise<boolean> {
  if (mtus.size === 0) return false
  const of = (wanted: StandingPod['role']) =>
    pods.filter(({ role }) => role === wanted).flatMap(({ containers }) => containers.slice(0, 1))
  const [clients, servers] = [of('client'), of('server')]
  const largest = Math.min(...mtus.values())
  const told = await Promise.all(
    clients.map(async (client, i) => {
      const server = servers[(i + 1) % servers.length]
      const host = server?.ips.find((ip) => familyOf(ip) === 6)
      if (server === undefined || host === undefined || server.node === client.node) return false
      const sizes: Dial['sizes'] = { request: 'MTU' }
      const dial: Dial = { protocol: 'UDP', host, port: server.ports.udp, deadline: DATAGRAM_MS, sizes, largest }
      await streams.ask(client, 'dial', { dials: [dial] }, limit)
      return (await streams.ask(client, 'facts', {}, limit)).tooBig > 0
    }),
  )
  return told.includes(true)
}
