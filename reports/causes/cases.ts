import type { End, Path } from '../../contract/path.ts'
import type { Result } from '../model.ts'

/** Where the two ends of a conversation are. `unknown`: behind an address that leads to no server in particular. */
type Scope = 'inside a pod' | 'inside a node' | 'between nodes' | 'to the outside' | 'from outside' | 'unknown'

/** The class of what became of a conversation. All failures are one class: the same loss is a time-out here and a reset there. */
export type Harm =
  | 'fails'
  | 'not refused'
  | 'source'
  | 'source port'
  | 'destination'
  | 'wrong server'
  | 'bytes'
  | 'wrong answer'

/** Conversations of one kind in one row, with what causes are made of. */
export interface Case {
  path: Path
  result: Result
  scope: Scope
  /** Both nodes, each once. */
  nodes: readonly string[]
  /** The nodes of the ends that are pods in the pod network. */
  podNodes: readonly string[]
  /** Both nodes as one word, if they are two. */
  pair: string | undefined
  transport: 'TCP' | 'UDP'
  harm: Harm | undefined
}

const FAILURES: ReadonlySet<string> = new Set([
  'refused',
  'timeout',
  'unreachable',
  'reset',
  'dns',
  'closed',
  'foreign',
])

const harmOf = ({ effect }: Path): Harm | undefined =>
  effect === 'ok' ? undefined : FAILURES.has(effect) ? 'fails' : (effect as Harm)

/** The beginning of the expectation of rows that are about refusals. */
const REFUSAL = 'the conversation fails'

const isPlace = ({ kind, node }: End) => kind !== 'service' && kind !== 'unknown' && node !== ''

function scopeOf({ from, to, via }: Path): Scope {
  if (from.kind === 'outside') return 'from outside'
  if (via === 'outside' || to.kind === 'outside') return 'to the outside'
  if (via === 'localhost' || (from.name === to.name && from.name !== '')) return 'inside a pod'
  // A node port leads on to a backend anywhere.
  if (!isPlace(to) || via === 'node port') return 'unknown'
  return from.node === to.node ? 'inside a node' : 'between nodes'
}

/** All conversations of a run as cases: those that broke a promise, and those that nothing happened to. */
export function casesOf(results: readonly Result[]): Case[] {
  return results.flatMap((result) =>
    // What an inconclusive row saw proves nothing.
    result.status === 'inconclusive' || result.status === 'skipped' || result.status === 'expected'
      ? []
      : result.evidence.paths.map((path) => caseOf(path, result)),
  )
}

function caseOf(path: Path, result: Result): Case {
  const nodesOf = (ends: End[]) => [...new Set(ends.flatMap(({ node }) => node || []))].sort()
  const ends = [path.from, path.to]
  const nodes = nodesOf(ends)
  const isRefusal = path.against > 0 && result.evidence.violation?.expected.startsWith(REFUSAL)
  return {
    ...{
      path,
      result,
      nodes,
      podNodes: nodesOf(ends.filter(({ kind }) => kind === 'pod')),
      scope: scopeOf(path),
      pair: nodes.length === 2 ? nodes.join(' and ') : undefined,
    },
    transport: path.protocol === 'UDP' || path.protocol === 'DNS over UDP' ? 'UDP' : 'TCP',
    harm: isRefusal ? 'not refused' : harmOf(path),
  }
}

/** Whether these conversations broke the promise of their row. */
export const isBroken = ({ path, result }: Case): boolean => path.against > 0 && result.status === 'failed'
