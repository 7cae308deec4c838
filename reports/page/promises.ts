import type { Level } from '../../contract/row.ts'
import type { Model, Result } from '../model.ts'
import type { Untested, Verdict } from '../verdict.ts'
import { WORST } from './words.ts'

/** One promise: the rows with its id, judged and untested ones. */
export interface PromiseOfRun {
  id: string
  level: Level
  chapter: string
  title: string
  /** The worst result of its rows. */
  status: (typeof WORST)[number]
  results: Result[]
  untested: Untested[]
}

/** All promises of the specification in its order, with their results. */
export function promisesOf(model: Model, { core, extended }: Verdict): PromiseOfRun[] {
  const profiles = [core, extended]
  const judged = profiles.flatMap(({ passed, failed, expected, inconclusive }) => [
    ...[failed, inconclusive, expected, passed].flat(),
  ])
  // Skipped rows are results too, and already among the untested ones.
  const untested = profiles.flatMap((profile) => profile.untested)
  const order = new Map((model.facts?.specification ?? []).map(({ id }, i) => [id, i]))
  const groups = Map.groupBy([...judged, ...untested], ({ id }) => id)
  return [...groups]
    .sort(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    .flatMap(([id, rows]) => {
      const [first] = rows
      if (!first) return []
      const results = judged.filter((each) => each.id === id).sort((a, b) => worse(a) - worse(b) || a.line - b.line)
      const rest = untested.filter((each) => each.id === id).sort((a, b) => a.line - b.line)
      const statuses = new Set<string>(results.map(({ status }) => status))
      const status = WORST.find((each) => statuses.has(each)) ?? 'untested'
      const { level, chapter, title } = first
      return [{ id, level, chapter, title, status, results, untested: rest }]
    })
}

/** The rank of a result: what is wrong comes first. */
const worse = ({ status }: Result): number => WORST.indexOf(status)
