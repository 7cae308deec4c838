import type { Breaks, Fault } from '../faults/fault.ts'
import type { Answer, RowResult } from './protocol.ts'

/** A scenario that noticed, with its own words. */
export interface Kill {
  id: string
  row: string
  because: string
}

/** What came of one fault on one node. */
export interface Trial {
  fault: string
  says: string
  where: Fault['where']
  node: string
  result: 'killed' | 'survived' | 'not judged' | 'not applicable'
  /** One row of each claimed scenario that noticed. */
  killers: Kill[]
  /** Claimed scenarios that stayed green. */
  survivedIn: string[]
  /** Claimed scenarios that cannot be tested here. */
  untested: string[]
  /** Scenarios that noticed without a claim: `explained` where the fault says why. */
  collateral: (Kill & { explained: boolean })[]
  /** Every scenario that was run, with whether it noticed. */
  ran: Record<string, 'red' | 'green' | 'unclear' | 'skipped'>
  /** What could not be taken out again. */
  left: string[]
  because?: string
  seconds: number
}

const matches = ({ id, rows }: Breaks, result: RowResult) => result.id === id && (rows?.test(result.row) ?? true)

/** Whether a fault claims that row, or says why it may fail as well. */
export const isForeseen = (fault: Fault, row: RowResult): boolean => isClaimed(fault, row) || isExplained(fault, row)

const isClaimed = ({ breaks }: Fault, row: RowResult) => breaks.some((claim) => matches(claim, row))
const isExplained = ({ also }: Fault, { id }: RowResult) => also?.ids.includes(id) ?? false

/** The verdict on a fault: only a verdict about the network counts, on the side of either. */
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
  const because = trouble ?? (unclear && `${unclear.id} could not be judged: ${unclear.because}`)
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
      : result === 'not applicable' && { because: `${of('untested').join(', ')} cannot be tested here` }),
  }
}

const kill = ({ id, row, because }: RowResult): Kill => ({ id, row, because })

/** Of a claim without rows one must notice, of one with rows all of them that can be tested here. */
function weigh({ rows: named }: Breaks, rows: readonly RowResult[]): { verdict: string; killer?: RowResult } {
  const tested = rows.filter(({ status }) => status !== 'skipped')
  const killer = tested.find(({ status }) => status === 'failed')
  if (tested.length === 0) return { verdict: rows.length === 0 ? 'survived' : 'untested' }
  if (killer && (!named || tested.every(({ status }) => status === 'failed'))) return { verdict: 'killed', killer }
  return { verdict: tested.some(({ status }) => status === 'inconclusive') ? 'unclear' : 'survived' }
}

/** Of each scenario the worst that any of its rows came to. */
function outcomes(rows: readonly RowResult[]): Trial['ran'] {
  const ran: Trial['ran'] = {}
  const order = ['skipped', 'green', 'unclear', 'red'] as const
  const word = { failed: 'red', passed: 'green', inconclusive: 'unclear', skipped: 'skipped' } as const
  for (const { id, status } of rows) {
    const now = word[status]
    if (order.indexOf(now) >= order.indexOf(ran[id] ?? 'skipped')) ran[id] = now
  }
  return ran
}
