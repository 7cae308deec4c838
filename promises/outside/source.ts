import type { Observed } from '../../contract/conversation.ts'
import { NonConformance, Trouble } from '../../contract/errors.ts'
import type { Topology } from '../../contract/topology.ts'
import { ownerOf } from '../conversations/address-owner.ts'
import { claimAnswered } from '../conversations/claims.ts'
import { tellBothEnds } from '../conversations/messages.ts'

/**
 * The backends saw the own address of the client outside the cluster.
 * @throws NonConformance if they saw an address of a node or a pod; Trouble if they saw a third address: then another
 * hop between the client and the nodes translates.
 */
export function claimOutsideSource(all: readonly Observed[], topology: Topology): void {
  claimAnswered(all)
  for (const observed of all) {
    const { from, to, outcome } = observed
    const seen = outcome.server?.peer.ip ?? ''
    if (from.ips.includes(seen)) continue
    const owner = ownerOf(seen, topology)
    const told = `${tellBothEnds(observed)}\n${seen} is ${owner.words}, and the client has ${from.ips.join(' and ')}`
    if (!owner.node && !owner.pod)
      throw new Trouble(`${told}. Another hop before ${to.node} translates, so this row is inconclusive.`)
    throw new NonConformance({
      expected: 'the backend sees the own address of the client outside the cluster',
      actual: told,
      where: `${to.node} translates the source of ${outcome.dial.protocol} packets from outside.`,
      outcomes: [outcome],
    })
  }
}

/**
 * No backend saw an address of another node or of a pod. The promise allows every address of the node that was dialled.
 * Some networks keep the client's address, or use one that the API does not list; that is reported and not judged.
 */
export function claimEntry(all: readonly Observed[], topology: Topology): void {
  claimAnswered(all)
  for (const observed of all) {
    const { to, outcome } = observed
    const owner = ownerOf(outcome.server?.peer.ip ?? '', topology)
    if (owner.pod === undefined && (owner.node === undefined || owner.node === to.node)) continue
    throw new NonConformance({
      expected: 'the backend sees an address of the node that was dialled',
      actual: `${tellBothEnds(observed)}\n${outcome.server?.peer.ip} is ${owner.words}`,
      where: `${to.node} translates the source of ${outcome.dial.protocol} packets that it forwards.`,
      outcomes: [outcome],
    })
  }
}
