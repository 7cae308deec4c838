import type { Observed } from '../../contract/conversation.ts'
import { Trouble } from '../../contract/errors.ts'
import type { Topology } from '../../contract/topology.ts'
import type { Endpoint } from '../../probe/protocol.ts'
import { ownerOf } from '../conversations/address-owner.ts'
import { lostAnswer, title } from '../conversations/messages.ts'
import { claimSeen, peerOf, refute } from './masquerade.ts'

/**
 * The conversations as the internet gateway saw them, before its own translation. What the internet saw with another
 * address than the gateway's was not translated there.
 * @throws Trouble if the gateway does not remember one that it translated.
 */
export function seenAtGateway(all: readonly Observed[], { outside }: Topology): Observed[] {
  const external = outside?.gateway?.external ?? []
  return all.map((each) => {
    if (peerOf(each) && !external.includes(peerOf(each))) return each
    if (each.atGateway) return withPeer(each, { ip: each.atGateway, port: 0 })
    if (peerOf(each)) throw new Trouble(`${title(each)}: the internet gateway does not remember this conversation.`)
    return each
  })
}

/** The conversation with the internet gateway as its server, which saw this peer. */
function withPeer(observed: Observed, peer: Endpoint): Observed {
  const { outcome } = observed
  const to = { ...observed.to, label: 'the internet gateway' }
  return outcome.server
    ? { ...observed, to, outcome: { ...outcome, server: { ...outcome.server, peer } } }
    : { ...observed, to, arrived: peer }
}

/** The host on the internet saw an external address of the gateway. */
export function claimExternal(all: readonly Observed[], topology: Topology): void {
  const external = topology.outside?.gateway?.external ?? []
  const bad = all.filter((each) => peerOf(each) !== '' && !external.includes(peerOf(each)))
  const [first] = bad
  if (first)
    refute(
      bad,
      all,
      'a host on the internet sees the external address of the gateway',
      `${title(first)}: ${first.to.label} saw ${peerOf(first)}, ${ownerOf(peerOf(first), topology).words}, not ${external.join(' or ')}, so the gateway did not translate${lostAnswer(first)}`,
    )
  claimSeen(all)
}

/**
 * The gateway refused the packets that carry a pod's address, and the host on the internet did not see them.
 * @throws Trouble if the packets did not reach the gateway with the pod's address.
 */
export function claimRefusedByGateway(all: readonly Observed[]): void {
  if (all.length === 0) throw new Error('no conversation was observed, so the gateway cannot be shown to refuse one')
  const passed = all.filter((each) => peerOf(each) !== '')
  const bare = passed.filter((each) => each.from.ips.includes(each.atGateway ?? peerOf(each)))
  const [first] = bare
  if (first)
    refute(
      bare,
      all,
      'the internet gateway refuses packets that carry a pod’s address',
      `${title(first)}: ${first.to.label} got a packet that left its node with the pod’s address, and saw ${peerOf(first)}`,
    )
  const [other] = passed
  if (other) throw new Trouble(`${title(other)}: ${sourceAtGateway(other)}, so this row is inconclusive.`)
  const lost = all.find((each) => !each.isRefusedByGateway)
  if (lost)
    throw new Trouble(
      `${title(lost)}: the packets with the pod’s address did not reach the gateway, so this row is inconclusive.`,
    )
}

const sourceAtGateway = (observed: Observed): string =>
  observed.atGateway === undefined
    ? `${observed.to.label} saw ${peerOf(observed)}, and the internet gateway does not remember whom it forwarded`
    : `it reached the gateway as ${observed.atGateway}, because the network still masqueraded it`
