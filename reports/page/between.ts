import type { End, Path } from '../../contract/path.ts'
import type { Result } from '../model.ts'
import { listed } from './words.ts'

/** The words for one end: the node of a pod, because faults sit on nodes, and the name of anything else. */
function placeOf({ kind, name, node }: End): string {
  if (kind === 'pod') return node || name
  if (kind === 'host pod') return `the host network of ${node || name}`
  if (kind === 'node') return `node ports of ${node || name}`
  return name || 'an unknown peer'
}

/** Names of Services that scenarios create are virtual IPs, and say nothing to a reader. */
const toOf = ({ to, via }: Path): string => {
  if (to.kind !== 'service') return placeOf(to)
  if (via === 'name' && to.name === 'cluster DNS') return 'cluster DNS'
  return to.name.startsWith('the ') ? to.name : via === 'name' ? 'Service names' : 'virtual IPs'
}

/** Who talked to whom, of the conversations that broke the promise. */
export interface Between {
  protocols: string[]
  from: string[]
  to: string[]
  broken: number
  /** All conversations between the same ends by the same protocols. */
  of: number
}

/** Between whom the promises of these rows were broken; undefined if no conversation says so. */
export function betweenOf(results: readonly Result[]): Between | undefined {
  const paths = results.flatMap(({ evidence }) => evidence.paths)
  const bad = paths.filter(({ against }) => against > 0)
  if (bad.length === 0) return undefined
  const unique = (pick: (path: Path) => string) => [...new Set(bad.map(pick))].sort()
  const ends = new Set(bad.map(key))
  const same = paths.filter((path) => ends.has(key(path)))
  return {
    protocols: unique(({ protocol }) => protocol),
    from: unique(({ from }) => placeOf(from)),
    to: unique(toOf),
    broken: bad.reduce((sum, { against }) => sum + against, 0),
    of: same.reduce((sum, path) => sum + path.count, 0),
  }
}

const key = (path: Path) => [path.protocol, placeOf(path.from), toOf(path)].join('\n')

/** The sentence "UDP from node-1 to node-2". */
export function betweenWords({ protocols, from, to }: Between): string {
  const isMutual = from.length > 1 && from.join('\n') === to.join('\n')
  const ends = isMutual ? `between ${listed(from, 3)}` : `from ${listed(from, 3)} to ${listed(to, 3)}`
  return `${protocols.join(', ')} ${ends}`
}
