import type { Cause } from './cause.ts'
import { type ConnectTimes, connectTimes, type Slower, slowerIn } from './latency.ts'
import type { Model, RowStatus } from './model.ts'
import { hasRun, type Told } from './rows-told.ts'
import type { Verdict } from './verdict.ts'

/** A row's state in one of two runs. */
type State = 'kept' | 'broken' | 'expected' | 'not judged' | 'not tested' | 'absent'
const STATES: Record<RowStatus, State> = {
  ...{ passed: 'kept', failed: 'broken', expected: 'expected', skipped: 'not tested', inconclusive: 'not judged' },
}

/** A row that is not as it was. */
interface Change {
  id: string
  row: string
  title: string
  before: State
  after: State
  /** The pairs of nodes between which it failed in the run where it is worse. */
  nodes: string[]
  /** The cause that explains it in the run where it is broken. */
  cause?: string
  because: string
}

interface Side {
  flatnetVersion: string
  startedAt: string
  cluster: string
  result: string
}

export interface Comparison {
  before: Side
  after: Side
  isWorse: boolean
  worse: Change[]
  better: Change[]
  /** Changes that are neither, such as a row that was not tested and is not judged now. */
  other: Change[]
  causes: { new: Cause[]; gone: Cause[]; same: Cause[] }
  connectMs: { before?: ConnectTimes; after?: ConnectTimes; slower: Slower[] }
}

/** Whether something got worse from one run to a later one, and all that changed. */
export function compare(a: Model, before: Verdict, b: Model, after: Verdict): Comparison {
  const [was, is] = [statesOf(before), statesOf(after)]
  const changes = [...new Set([...is.keys(), ...was.keys()])].flatMap((key) =>
    changeOf(was.get(key), is.get(key), before, after),
  )
  const worse = changes.filter(isWorse)
  const better = changes.filter((change) => change.after === 'kept' && change.before !== 'absent')
  const causes = causesOf(before, after)
  return {
    before: sideOf(a, before),
    after: sideOf(b, after),
    isWorse: worse.length + causes.new.length > 0,
    ...{ worse, better, other: changes.filter((each) => !worse.includes(each) && !better.includes(each)), causes },
    connectMs: { ...connectTimes(a, b), slower: slowerIn(a, b) },
  }
}

/** A promise that was kept and is not, and every one that is broken and was not. */
const isWorse = ({ before, after }: Change) => before === 'kept' || (after === 'broken' && before !== 'broken')

const sideOf = ({ facts }: Model, { result }: Verdict): Side => {
  const { source, kubernetesVersion, cni } = facts?.cluster ?? { source: '' }
  const cluster = [source, kubernetesVersion && `Kubernetes ${kubernetesVersion}`, cni].filter(Boolean).join(', ')
  return { flatnetVersion: facts?.flatnetVersion ?? '', startedAt: facts?.startedAt ?? '', cluster, result }
}

function statesOf({ core, extended }: Verdict): Map<string, Told> {
  const rows = [core, extended].flatMap(({ passed, failed, expected, inconclusive, untested }): Told[] => [
    ...[...passed, ...failed, ...expected, ...inconclusive],
    ...untested.map((row) => ({ ...row, status: 'skipped' as const })),
  ])
  return new Map(rows.map((row) => [`${row.id}:${row.row || row.name}`, row]))
}

function changeOf(was: Told | undefined, is: Told | undefined, before: Verdict, after: Verdict): Change[] {
  const [from, to] = [was, is].map((row): State => (row ? STATES[row.status] : 'absent')) as [State, State]
  const about = to === 'kept' || !is ? was : is
  if (from === to || !about) return []
  const found = (about === is ? after : before).causes.find(({ explains }) =>
    explains.some(({ id, row }) => id === about.id && row === about.row),
  )
  const { id, row, title, because } = is ?? about
  return [
    ...[
      { id, row, title, before: from, after: to, nodes: nodesOf(about), ...(found && { cause: found.says }), because },
    ],
  ]
}

/** Between which nodes conversations broke the promise of a row, at most a dozen of them. */
function nodesOf(row: Told): string[] {
  const paths = hasRun(row) ? row.evidence.paths.filter(({ against }) => against > 0) : []
  const nameOf = ({ node, name }: { node: string; name: string }) => node || name
  return [...new Set(paths.map(({ from, to }) => `${nameOf(from)} -> ${nameOf(to)}`))].slice(0, 12)
}

function causesOf(before: Verdict, after: Verdict): Comparison['causes'] {
  const keyOf = ({ kind, protocol = '', nodes }: Cause) => [kind, protocol, ...[...nodes].sort()].join(' ')
  const [was, is] = [before, after].map(({ causes }) => new Set(causes.map(keyOf))) as [Set<string>, Set<string>]
  return {
    new: after.causes.filter((cause) => !was.has(keyOf(cause))),
    gone: before.causes.filter((cause) => !is.has(keyOf(cause))),
    same: after.causes.filter((cause) => was.has(keyOf(cause))),
  }
}
