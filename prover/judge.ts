import type { Step } from '../contract/step.ts'
import type { Breaks, Fault } from '../faults/fault.ts'
import type { Cause } from '../reports/cause.ts'
import { type Naming, namingOf } from './cause-truth.ts'
import type { Answer, RowResult } from './protocol.ts'

/** A row that failed under a fault, with its message and the step that found it. */
export interface Kill extends Step {
  id: string
  row: string
  because: string
}

/** A row by its scenario and its name. */
type Row = Pick<RowResult, 'id' | 'row'>

/** The result of one fault on one node. */
export interface Trial {
  fault: string
  says: string
  where: Fault['where']
  node: string
  result: 'killed' | 'survived' | 'not judged' | 'not applicable'
  /** One failed row of each claimed scenario that failed. */
  killers: Kill[]
  /** Claimed scenarios that passed, or failed only before their Then. */
  survivedIn: string[]
  /** Rows that passed although the claim needs all of its rows to fail, and others did. */
  spared: Row[]
  /** Rows of claimed scenarios that failed before their Then, which is no kill. */
  early: Kill[]
  /** Claimed scenarios that cannot be tested on this cluster. */
  untested: string[]
  /** Rows that failed although the fault does not claim them; `explained` if the fault says why (`also`). */
  collateral: (Kill & { explained: boolean })[]
  /** The worst result of each scenario that was run. */
  ran: Record<string, 'red' | 'green' | 'unclear' | 'skipped'>
  /** A sentence for each thing that could not be removed again. */
  left: string[]
  because?: string
  /** What the reports say about it, and how they name the fault by it. */
  causes: readonly Cause[]
  named: Naming
  seconds: number
}

const matches = ({ id, rows }: Breaks, result: RowResult) => result.id === id && (rows?.test(result.row) ?? true)

/** Whether a fault claims that row, or explains why it may fail too. */
export const isForeseen = (fault: Fault, row: RowResult): boolean => isClaimed(fault, row) || isExplained(fault, row)

const isClaimed = ({ breaks }: Fault, row: RowResult) => breaks.some((claim) => matches(claim, row))
const isExplained = ({ also }: Fault, { id }: RowResult) => also?.ids.includes(id) ?? false

/** Judges a fault by the rows that ran under it. Only `failed` and `passed` count; an inconclusive row is no evidence. */
export function judgeTrial(fault: Fault, node: string, answer: Answer): Trial {
  const { rows = [], causes = [], left = [], seconds } = answer
  const base = {
    fault: fault.id,
    says: fault.says,
    where: fault.where,
    node,
    seconds,
    left,
    causes,
    named: namingOf(fault, node, causes),
    ran: outcomes(rows),
  }
  const nothing = { killers: [], survivedIn: [], spared: [], early: [], untested: [], collateral: [] }
  if (answer.unfit !== undefined) return { ...base, ...nothing, result: 'not applicable', because: answer.unfit }
  const trouble = [answer.trouble ?? [], left].flat().join('; ') || undefined
  if (trouble !== undefined && rows.length === 0) return { ...base, ...nothing, result: 'not judged', because: trouble }
  const red = rows.filter(({ status }) => status === 'failed')
  const claims = fault.breaks.map((claim) => ({
    claim,
    ...weigh(
      claim,
      rows.filter((row) => matches(claim, row)),
    ),
  }))
  const of = (verdict: string) => claims.filter((each) => each.verdict === verdict).map(({ claim }) => claim.id)
  const collateral = red
    .filter((row) => !isClaimed(fault, row))
    .map((row) => ({ ...kill(row), explained: isExplained(fault, row) }))
  const unclear = rows.find(
    (row) =>
      row.status === 'inconclusive' &&
      !of('killed').includes(row.id) &&
      (isClaimed(fault, row) || !isExplained(fault, row)),
  )
  const because = trouble ?? (unclear && `${unclear.id} was inconclusive: ${unclear.because}`)
  const result =
    because !== undefined
      ? 'not judged'
      : of('survived').length > 0
        ? 'survived'
        : of('killed').length > 0
          ? 'killed'
          : 'not applicable'
  return {
    ...base,
    result,
    killers: claims.flatMap(({ killer }) => (killer ? [kill(killer)] : [])),
    survivedIn: of('survived'),
    spared: claims.flatMap(({ spared }) => spared.map(({ id, row }) => ({ id, row }))),
    early: claims.flatMap(({ early }) => early.map(kill)),
    untested: of('untested'),
    collateral,
    ...(because !== undefined
      ? { because }
      : result === 'not applicable' && { because: `this cluster cannot test ${of('untested').join(', ')}` }),
  }
}

const kill = ({ id, row, because, failedIn = UNKNOWN }: RowResult): Kill => ({ id, row, because, ...failedIn })

const UNKNOWN: Step = { in: 'hook', step: '' }

/** What the rows of a claim say. */
interface Weighed {
  verdict: 'killed' | 'survived' | 'unclear' | 'untested'
  killer?: RowResult
  /** Rows that failed before their Then. */
  early: RowResult[]
  /** Rows that passed beside the killer. */
  spared: RowResult[]
}

/** A row kills if it failed in a Then. A claim without `rows` needs one such row; with `rows`, all of those that can be tested. */
function weigh({ rows: named }: Breaks, rows: readonly RowResult[]): Weighed {
  const kills = ({ status, failedIn }: RowResult) => status === 'failed' && failedIn?.in === 'Then'
  const tested = rows.filter(({ status }) => status !== 'skipped')
  const early = tested.filter((row) => row.status === 'failed' && !kills(row))
  const killer = tested.find(kills)
  if (tested.length === 0) return { verdict: rows.length === 0 ? 'survived' : 'untested', early, spared: [] }
  if (killer && (!named || tested.every(kills))) return { verdict: 'killed', killer, early, spared: [] }
  const verdict = tested.some(({ status }) => status === 'inconclusive') ? 'unclear' : 'survived'
  return { verdict, early, spared: killer ? tested.filter(({ status }) => status === 'passed') : [] }
}

/** The worst result of each scenario's rows. */
function outcomes(rows: readonly RowResult[]): Trial['ran'] {
  const ran: Trial['ran'] = {}
  const order = ['skipped', 'green', 'unclear', 'red'] as const
  const word = {
    failed: 'red',
    expected: 'skipped',
    passed: 'green',
    inconclusive: 'unclear',
    skipped: 'skipped',
  } as const
  for (const { id, status } of rows) {
    const now = word[status]
    if (order.indexOf(now) >= order.indexOf(ran[id] ?? 'skipped')) ran[id] = now
  }
  return ran
}
