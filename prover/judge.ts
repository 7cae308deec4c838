import type { Breaks, Fault } from '../faults/fault.ts'
import type { Answer, RowResult } from './protocol.ts'

/** A row that failed under a fault, with its message. */
export interface Kill {
  id: string
  row: string
  because: string
}

/** The result of one fault on one node. */
export interface Trial {
  fault: string
  says: string
  where: Fault['where']
  node: string
  result: 'killed' | 'survived' | 'not judged' | 'not applicable'
  /** One failed row of each claimed scenario that failed. */
  killers: Kill[]
  /** Claimed scenarios that passed. */
  survivedIn: string[]
  /** Claimed scenarios that cannot be tested on this cluster. */
  untested: string[]
  /** Rows that failed although the fault does not claim them; `explained` if the fault says why (`also`). */
  collateral: (Kill & { explained: boolean })[]
  /** The worst result of each scenario that was run. */
  ran: Record<string, 'red' | 'green' | 'unclear' | 'skipped'>
  /** A sentence for each thing that could not be removed again. */
  left: string[]
  because?: string
  seconds: number
}

const matches = ({ id, rows }: Breaks, result: RowResult) => result.id === id && (rows?.test(result.row) ?? true)

/** Whether a fault claims that row, or explains why it may fail too. */
export const isForeseen = (fault: Fault, row: RowResult): boolean => isClaimed(fault, row) || isExplained(fault, row)

const isClaimed = ({ breaks }: Fault, row: RowResult) => breaks.some((claim) => matches(claim, row))
const isExplained = ({ also }: Fault, { id }: RowResult) => also?.ids.includes(id) ?? false

/** Judges a fault by the rows that ran under it. Only `failed` and `passed` count; an inconclusive row is no evidence. */
export function judgeTrial(fault: Fault, node: string, answer: Answer): Trial {
  const { rows = [], left = [], seconds } = answer
  const base = { fault: fault.id, says: fault.says, where: fault.where, node, seconds, left, ran: outcomes(rows) }
  const nothing = { killers: [], survivedIn: [], untested: [], collateral: [] }
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
    ({ status, id }) => status === 'inconclusive' && !of('killed').includes(id) && !fault.also?.ids.includes(id),
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
    untested: of('untested'),
    collateral,
    ...(because !== undefined
      ? { because }
      : result === 'not applicable' && { because: `this cluster cannot test ${of('untested').join(', ')}` }),
  }
}

const kill = ({ id, row, because }: RowResult): Kill => ({ id, row, because })

/** A claim without `rows` needs one failed row. A claim with `rows` needs all of those rows to fail that can be tested. */
function weigh({ rows: named }: Breaks, rows: readonly RowResult[]): { verdict: string; killer?: RowResult } {
  const tested = rows.filter(({ status }) => status !== 'skipped')
  const killer = tested.find(({ status }) => status === 'failed')
  if (tested.length === 0) return { verdict: rows.length === 0 ? 'survived' : 'untested' }
  if (killer && (!named || tested.every(({ status }) => status === 'failed'))) return { verdict: 'killed', killer }
  return { verdict: tested.some(({ status }) => status === 'inconclusive') ? 'unclear' : 'survived' }
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
