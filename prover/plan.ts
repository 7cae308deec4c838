import { createHash } from 'node:crypto'
import { UsageError } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import type { Row } from '../contract/row.ts'
import type { Fault } from '../faults/fault.ts'
import { FAULTS, faultOf } from '../faults/index.ts'

/** Quick scenarios that most faults do not break. They run under every fault and must pass, unless it names them. */
const SMOKE = ['C01', 'C03', 'P01', 'P02', 'I01', 'I04']

/** Which faults to inject: the named ones, those that claim a scenario, or all. */
export interface Choice {
  faults?: readonly string[] | undefined
  scenario?: string | undefined
}

/** The faults of a choice. @throws UsageError with the nearest name if one does not exist. */
export function chooseFaults({ faults, scenario }: Choice, rows: readonly Row[]): readonly Fault[] {
  if (faults && scenario !== undefined)
    throw new UsageError('--fault and --scenario both choose the faults; give one of them.')
  if (faults && faults.length > 0) return faults.map((id) => chosen(id))
  if (scenario === undefined) return FAULTS
  const ids = [...new Set(rows.map(({ id }) => id))]
  const wanted = scenario.toUpperCase()
  if (!ids.includes(wanted)) throw new UsageError(`there is no scenario ${scenario}${didYouMean(wanted, ids)}`)
  const found = FAULTS.filter(({ breaks }) => breaks.some(({ id }) => id === wanted))
  if (found.length === 0)
    throw new UsageError(`no fault claims ${wanted}; flatnet prove --list shows the claims of each fault.`)
  return found
}

function chosen(id: string): Fault {
  const found = faultOf(id)
  if (!found) {
    const names = FAULTS.map((fault) => fault.id)
    throw new UsageError(
      `there is no fault ${id}${didYouMean(id, names) || '; flatnet prove --list shows all faults.'}`,
    )
  }
  return found
}

/** The rows to run under a fault: the rows of the claimed scenarios and a few that must pass, or (`full`) all rows. */
export function rowsUnder(fault: Fault, rows: readonly Row[], full: boolean): Row[] {
  if (full) return [...rows]
  const claimed = fault.breaks.map(({ id }) => id)
  const smoke = SMOKE.filter((id) => !fault.also?.ids.includes(id))
  return rows.filter(({ id }) => claimed.includes(id) || smoke.includes(id))
}

/** The nodes on which a fault is injected: one chosen by the seed, or (`everyNode`) each in turn. */
export function nodesFor(fault: Fault, nodes: readonly string[], seed: number, everyNode: boolean): string[] {
  if (everyNode && fault.where !== 'every node') return [...nodes]
  const digest = createHash('sha256').update(`${seed} ${fault.id}`).digest()
  return [nodes[digest.readUInt32BE() % nodes.length] ?? '']
}
