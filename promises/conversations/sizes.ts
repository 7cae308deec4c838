import type { Workbench } from '../../cluster/workbench.ts'
import type { Bounds, Observed } from '../../contract/conversation.ts'
import { familyOf } from '../../probe/address.ts'
import type { Dial } from '../../probe/protocol.ts'
import { HEADERS } from '../../probe/size.ts'
import { converse } from './converse.ts'

/** How long the search waits for a datagram. One that arrives at all arrives within this time. */
const WAIT_MS = 1_000
/** The sizes that one round of the search tries at the same time. */
const AT_ONCE = 15
const ROUNDS = 2

type Direction = Bounds['direction']
const DIRECTIONS: readonly Direction[] = ['request', 'answer']

const path = ({ from, to, outcome }: Observed): string => `${from.uid} ${to.label} ${outcome.dial.host}`

/** The bounds of one direction, as far as these conversations of one path show; undefined if the sizes do not decide. */
function boundsOf(all: readonly Observed[], direction: Direction): Bounds | undefined {
  const other = direction === 'request' ? 'answer' : 'request'
  const sizes = (server: boolean) =>
    all
      .filter(({ outcome }) => (outcome.server !== undefined) === server)
      .flatMap(({ outcome: { dial, bytes } }) => (bytes && dial.sizes?.[other] === undefined ? [bytes[direction]] : []))
  const lost = Math.min(...sizes(false))
  const passed = Math.max(0, ...sizes(true).filter((size) => size < lost))
  return Number.isFinite(lost) && passed > 0 ? { direction, passed, lost } : undefined
}

/**
 * Finds, for the first path that lost datagrams of some sizes, the size from which on it loses them. Each round tries many sizes
 * between the largest one that passed and the smallest one that did not. Notes it in the conversations of that path.
 */
export async function searchSizes(bench: Workbench, all: readonly Observed[]): Promise<Observed[]> {
  const datagrams = all.filter(({ outcome }) => outcome.dial.protocol === 'UDP' && outcome.bytes)
  const broken = datagrams.find(({ outcome }) => outcome.failure === 'timeout')
  const mine = broken ? datagrams.filter((each) => path(each) === path(broken)) : []
  const [first] = mine
  if (!first) return [...all]
  const found = await Promise.all(DIRECTIONS.map((direction) => narrow(bench, mine, direction)))
  const bounds = found.filter((each) => each !== undefined)
  return all.map((each) => (bounds.length > 0 && mine.includes(each) ? { ...each, bounds } : each))
}

async function narrow(bench: Workbench, all: readonly Observed[], direction: Direction): Promise<Bounds | undefined> {
  let seen = [...all]
  for (let round = 1; round <= ROUNDS; round++) {
    const bounds = boundsOf(seen, direction)
    const [first] = seen
    if (!bounds || !first || bounds.lost - bounds.passed <= 1) return bounds
    const step = (bounds.lost - bounds.passed) / (AT_ONCE + 1)
    const sizes = Array.from({ length: AT_ONCE }, (_, i) => Math.round(bounds.passed + step * (i + 1)))
    const { port, localPorts: _, ...rest } = first.outcome.dial
    const dial = (size: number): Dial => ({ ...rest, port, deadline: WAIT_MS, sizes: { [direction]: size } })
    const tried = [...new Set(sizes)].filter((size) => size > bounds.passed && size < bounds.lost)
    seen = [
      ...seen,
      ...(await converse(
        bench,
        tried.map((size) => ({ ...first, dial: dial(size) })),
      )),
    ]
  }
  return boundsOf(seen, direction)
}

/** The largest packet in bytes that passed from node to node in one piece, by the nodes of the client and the server. */
export function largestPackets(all: readonly Observed[]): Record<string, number> {
  const sizes: Record<string, number> = {}
  for (const { from, to, outcome } of all) {
    if (outcome.dial.protocol !== 'UDP' || !outcome.server || !outcome.bytes) continue
    const headers = HEADERS[familyOf(outcome.dial.host)]
    const key = from.node === to.node ? `inside ${from.node}` : `${from.node} to ${to.node}`
    sizes[key] = Math.max(sizes[key] ?? 0, outcome.bytes.request + headers)
  }
  return sizes
}
