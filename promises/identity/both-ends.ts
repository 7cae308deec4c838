import type { Workbench } from '../../cluster/workbench.ts'
import { type Observed, type Planned, targetOf } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { Topology } from '../../contract/topology.ts'
import type { Dialable } from '../../fixtures/dialable.ts'
import type { Facts } from '../../probe/protocol.ts'
import { ownerOf } from '../conversations/address-owner.ts'
import { claimAnswered } from '../conversations/claims.ts'

/** The facts that each client of these conversations reports about itself, by the uid of its pod. */
export async function factsOfClients(bench: Workbench, all: readonly Observed[]): Promise<Map<string, Facts>> {
  const clients = [...new Map(all.map(({ from }) => [from.uid, from])).values()]
  return new Map(
    await Promise.all(clients.map(async (from) => [from.uid, await bench.ask(from, 'facts', {})] as const)),
  )
}

/** The client's interfaces, its socket and its downward API have the address that the server sees. */
export function claimBothName(all: readonly Observed[], facts: ReadonlyMap<string, Facts>, topology: Topology): void {
  claimAnswered(all)
  for (const { from, outcome } of all) {
    const known = facts.get(from.uid)
    if (!known) throw new Error(`pod ${from.pod} has not reported its addresses`)
    const peer = outcome.server?.peer.ip ?? ''
    const names = {
      'its interfaces have': known.addresses,
      'its socket has': [outcome.client?.local.ip],
      'its downward API has': [known.downward.podIP, ...known.downward.podIPs],
    }
    const odd = Object.entries(names).find(([, addresses]) => !addresses.includes(peer))
    if (!odd) continue
    throw new NonConformance({
      expected: 'both ends name the client by the same address',
      actual: `pod ${from.pod} on ${from.node}: its peer sees it as ${peer} (${ownerOf(peer, topology).words}), but ${odd[0]} ${odd[1].join(', ') || 'no address'}`,
      outcomes: [outcome],
    })
  }
}

/** Plans how each server calls its client back, at the address that the client reads off its interface. */
export const callBack = (bench: Workbench, subjects: readonly Dialable[]): Promise<Planned[]> =>
  Promise.all(
    subjects.map(async ({ client, to }) => {
      const published = (await bench.ask(client, 'facts', {})).addresses.find(
        (ip) => ip.includes(':') === client.ips[0]?.includes(':'),
      )
      const { topology } = bench
      const server = topology.pods.flatMap((pod) => pod.containers).find(({ uid }) => uid === to.by[0]?.uid)
      if (!server) throw new Error(`no pod of the run is ${to.label}`)
      const { limits } = topology.settings
      const dial = { protocol: 'TCP' as const, host: published ?? '', port: client.ports.tcp, deadline: limits.dial }
      return { from: server, to: targetOf(client), dial }
    }),
  )
