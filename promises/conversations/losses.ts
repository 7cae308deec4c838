import { Trouble } from '../../contract/errors.ts'
import { countBeyondChance, FALSE_ALARM } from '../../fixtures/statistics.ts'
import type { Outcome } from '../../probe/protocol.ts'

/** The share of packets that a network may lose. TCP sends a SYN again, and a UDP conversation is a burst of datagrams. */
const TOLERATED = 0.5

/** The conversations were answered, and the network lost no more packets than a conversation survives by intent. @throws Trouble */
export function claimFewLosses(all: readonly Outcome[]): void {
  const connected = all.filter(({ dial, connectMs }) => dial.protocol !== 'UDP' && connectMs !== undefined)
  const again = connected.filter(({ retransmitted }) => retransmitted).length
  if (isBeyond(again, connected.length))
    throw tooMany(`${again} of ${connected.length} connections were opened by a second SYN`)
  // One of many conversations sends a datagram again when its answer is late, so its datagrams are not a burst.
  const bursts = all.filter(({ dial, sent }) => dial.protocol === 'UDP' && dial.manner === undefined && sent)
  const sum = (pick: (outcome: Outcome) => number | undefined) => bursts.reduce((n, each) => n + (pick(each) ?? 0), 0)
  const sent = sum((each) => each.sent)
  const lost = sent - sum(({ answered }) => answered)
  if (isBeyond(lost, sent)) throw tooMany(`${lost} of ${sent} datagrams were not answered`)
}

const isBeyond = (lost: number, all: number): boolean =>
  lost > all * TOLERATED && lost >= countBeyondChance(all, TOLERATED, FALSE_ALARM)

const tooMany = (what: string): Trouble =>
  new Trouble(
    `${what}, more than ${TOLERATED * 100} % and more than chance explains. The network loses packets, or a node is too busy, so this row is inconclusive.`,
  )
