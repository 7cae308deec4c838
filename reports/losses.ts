import type { End, Path } from '../contract/path.ts'
import type { Result } from './model.ts'

/**
 * The share of packets that a network may lose. A busy machine loses more in a few rows and none in the others, so it is compared with the
 * median of the rows.
 */
const TOLERATED = 0.1
/** A row with fewer packets says nothing, and neither do fewer rows. */
const PACKETS = 10
const ROWS = 8

/** The packets of one transport between two places, in one row. */
interface Sent {
  packets: number
  lost: number
}

/**
 * Two places, or one, between which most rows lost packets, in a sentence; undefined if there are none. A conversation is answered if one of
 * its packets is, so rows pass although a network loses every third packet.
 */
export function lossesIn(results: readonly Result[]): string | undefined {
  const found = [...Map.groupBy(results.flatMap(sentIn), ({ title }) => title)].flatMap(([title, rows]) => {
    const bad = rows.filter((row) => shareOf([row]) >= TOLERATED)
    return rows.length >= ROWS && bad.length * 2 > rows.length ? [{ title, rows, bad, share: shareOf(rows) }] : []
  })
  const [worst] = found.toSorted((a, b) => b.share - a.share)
  if (!worst) return undefined
  return `${Math.round(worst.share * 100)} % of the ${worst.title} got no answer, in ${worst.bad.length} of ${worst.rows.length} rows. The network loses packets, or a node is too busy.`
}

const shareOf = (rows: readonly Sent[]): number => {
  const sum = (pick: (row: Sent) => number) => rows.reduce((total, row) => total + pick(row), 0)
  return sum(({ lost }) => lost) / sum(({ packets }) => packets)
}

/** What a row sent between each two places. */
function sentIn({ evidence: { paths } }: Result): (Sent & { title: string })[] {
  const groups = Map.groupBy(paths, titleOf)
  return [...groups].flatMap(([title, same]) => {
    const sum = (pick: (path: Path) => number) => same.reduce((total, path) => total + pick(path), 0)
    const packets = sum((path) => path.packets ?? 0)
    return packets < PACKETS ? [] : [{ title, packets, lost: sum((path) => path.lost ?? 0) }]
  })
}

/** The transport and the two places of a path. In which direction a packet was lost cannot be told. */
function titleOf({ protocol, from, to }: Path): string {
  const ends = [...new Set([placeOf(from), placeOf(to)])].sort()
  const what = protocol === 'UDP' ? 'UDP datagrams' : 'first packets of TCP connections'
  return ends.length === 1 ? `${what} within ${ends[0]}` : `${what} between ${ends.join(' and ')}`
}

const placeOf = ({ node, kind }: End): string => node || (kind === 'service' ? 'Services' : 'hosts outside the cluster')
