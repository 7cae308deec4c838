import type { ClusterFacts } from '../contract/cluster.ts'
import { sentence, Trouble } from '../contract/errors.ts'
import { needsOf, type Row } from '../contract/row.ts'
import type { Settings } from '../contract/settings.ts'
import type { Fault } from '../faults/fault.ts'
import { judgeTrial, type Trial } from './judge.ts'
import { nodesFor, rowsUnder } from './plan.ts'
import { limitsUnderFault } from './policy.ts'
import { Worker } from './pool.ts'
import type { Answer, Opened, RowResult } from './protocol.ts'
import { type Unproven, unprovenOf } from './unproven.ts'

export interface Proving {
  settings: Settings
  /** Facts about a cluster that flatnet did not create. */
  known: Partial<ClusterFacts>
  faults: readonly Fault[]
  /** All rows of the specification. */
  rows: readonly Row[]
  /** Whether all faults were chosen. Only then can the proof name the scenarios that no fault makes fail. */
  whole: boolean
  full: boolean
  everyNode: boolean
  seed: number
  worlds: number
  onLine: (line: string) => void
  onOpened: (opened: Opened) => void
  /** `again`: there is no verdict yet, and the fault is retried at the end. */
  onTrial: (trial: Trial, done: number, total: number, again: boolean) => void
}

/** The result of a proof, as data. */
export interface Proof extends Unproven {
  opened: Opened
  trials: Trial[]
  /** Scenarios that pass on the healthy cluster. */
  kept: string[]
  /** Rows that do not pass without a fault, before or after the faults. */
  unhealthy: string[]
}

/** Runs a proof in `worlds` workers at the same time. They are added to `workers`, so that the caller can end them. */
export async function prove(proving: Proving, workers: Worker[]): Promise<Proof> {
  const { settings, faults, worlds, onLine, onOpened, rows } = proving
  for (let n = 0; n < worlds; n++) workers.push(new Worker(onLine))
  const wanted =
    proving.whole || proving.full
      ? rows
      : rows.filter((row) => faults.some((fault) => rowsUnder(fault, rows, false).includes(row)))
  const needs = needsOf(wanted)
  const openings = await Promise.all(workers.map((worker) => worker.open(settings, proving.known, needs)))
  const [opened] = openings
  if (!opened) throw new Trouble('no cluster was opened')
  onOpened(opened)
  const before = await healthy(workers, wanted)
  const kept = [...new Set(before.rows.filter(({ status }) => status === 'passed').map(({ id }) => id))]
  if (before.problems.length > 0)
    return { opened, trials: [], kept, unkilled: [], noFaultHere: [], unhealthy: before.problems }
  const trials = await breakAll(proving, workers, opened)
  const after = await healthy(workers, wanted)
  return {
    opened,
    trials,
    kept,
    // If only some faults were injected, a scenario without a kill may have one among the others.
    ...(proving.whole ? unprovenOf(kept, faults, trials) : { unkilled: [], noFaultHere: [] }),
    unhealthy: after.problems.map((problem) => `after the faults: ${problem}`),
  }
}

/** Runs the rows without a fault on every living worker. Every row must pass or be skipped. */
async function healthy(
  workers: readonly Worker[],
  rows: readonly Row[],
): Promise<{ rows: RowResult[]; problems: string[] }> {
  const living = workers.filter(({ alive }) => alive)
  if (living.length === 0) return { rows: [], problems: ['all worker processes of the prover have ended'] }
  const all = await Promise.all(living.map((worker) => worker.ask({ do: 'rows', rows: [...rows] })))
  const bad = all.flatMap(({ rows: results = [] }) =>
    results.filter(({ status }) => status === 'failed' || status === 'inconclusive'),
  )
  return {
    rows: all[0]?.rows ?? [],
    problems: bad.map(({ id, row, because }) => `${id}${row && ` (${row})`}: ${because}`),
  }
}

async function breakAll(proving: Proving, workers: readonly Worker[], opened: Opened): Promise<Trial[]> {
  const { settings, faults, seed, everyNode, rows, full, onTrial } = proving
  const limits = limitsUnderFault(settings)
  const queue = faults.flatMap((fault) => {
    const nodes = opened.unfit[fault.id] === undefined ? nodesFor(fault, opened.nodes, seed, everyNode) : ['']
    return nodes.map((node) => ({ fault, node, again: false }))
  })
  const total = queue.length
  const trials: Trial[] = []
  const take = async (worker: Worker) => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { fault, node } = next
      const unfit = opened.unfit[fault.id]
      const answer: Answer =
        unfit === undefined
          ? await worker
              .ask({ do: 'fault', fault: fault.id, node, rows: rowsUnder(fault, rows, full), limits })
              .catch((error: unknown) => ({ trouble: sentence(error), seconds: 0 }))
          : { unfit, seconds: 0 }
      const trial = judgeTrial(fault, node, answer)
      // A busy machine may leave a fault without a verdict, so it is retried once at the end. A verdict is never re-run.
      if (trial.result === 'not judged' && worker.alive && trial.left.length === 0 && !next.again) {
        queue.push({ fault, node, again: true })
        onTrial(trial, trials.length, total, true)
        continue
      }
      trials.push(trial)
      onTrial(trial, trials.length, total, false)
      // With a fault still in place, the results of further faults would mean nothing.
      if (!worker.alive || trial.left.length > 0) return
    }
  }
  await Promise.all(workers.map(take))
  for (const { fault, node } of queue.splice(0)) {
    const trial = judgeTrial(fault, node, { trouble: 'no worker is left to inject it', seconds: 0 })
    trials.push(trial)
    onTrial(trial, trials.length, total, false)
  }
  const place = ({ fault, node }: Trial) =>
    faults.findIndex(({ id }) => id === fault) * 1000 + opened.nodes.indexOf(node)
  return trials.sort((a, b) => place(a) - place(b))
}
