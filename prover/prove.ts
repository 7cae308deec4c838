import type { ClusterFacts } from '../contract/cluster.ts'
import { sentence, Trouble } from '../contract/errors.ts'
import type { Limits, Settings } from '../contract/settings.ts'
import type { Fault } from '../faults/fault.ts'
import type { Row } from '../reports/rows.ts'
import { judgeTrial, type Trial } from './judge.ts'
import { nodesFor, rowsUnder } from './plan.ts'
import { Worker } from './pool.ts'
import type { Answer, Opened, RowResult } from './protocol.ts'
import { type Unproven, unprovenOf } from './unproven.ts'

export interface Proving {
  settings: Settings
  /** How long is waited under a fault; a healthy cluster gets the settings' own. */
  limits: Limits
  /** What is known of a cluster that somebody else made, beyond its API. */
  known: Partial<ClusterFacts>
  faults: readonly Fault[]
  /** All rows of the specification. */
  rows: readonly Row[]
  /** Whether all faults were chosen, so that what nothing kills can be told. */
  whole: boolean
  full: boolean
  everyNode: boolean
  seed: number
  worlds: number
  onLine: (line: string) => void
  onOpened: (opened: Opened) => void
  /** `again`: there is no verdict yet, it is tried once more at the end. */
  onTrial: (trial: Trial, done: number, total: number, again: boolean) => void
}

/** What a proof came to, before it is put into words. */
export interface Proof extends Unproven {
  opened: Opened
  trials: Trial[]
  /** Scenarios that are kept by the healthy cluster. */
  kept: string[]
  /** What is wrong with the cluster when no fault is in, before and after. */
  unhealthy: string[]
}

/** Proves in worlds side by side; they are given so that whoever is interrupted can end them. */
export async function prove(proving: Proving, workers: Worker[]): Promise<Proof> {
  const { settings, faults, worlds, onLine, onOpened, rows } = proving
  for (let n = 0; n < worlds; n++) workers.push(new Worker(onLine))
  const openings = await Promise.all(workers.map((worker) => worker.open(settings, proving.known)))
  const [opened] = openings
  if (!opened) throw new Trouble('no cluster was opened')
  onOpened(opened)
  const wanted =
    proving.whole || proving.full
      ? rows
      : rows.filter((row) => faults.some((fault) => rowsUnder(fault, rows, false).includes(row)))
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
    // Where only some faults were tried, what none of them killed says nothing.
    ...(proving.whole ? unprovenOf(kept, faults, trials) : { unkilled: [], noFaultHere: [] }),
    unhealthy: after.problems.map((problem) => `afterwards: ${problem}`),
  }
}

/** A run with no fault in, on every living world: all that can be tested must be kept. */
async function healthy(
  workers: readonly Worker[],
  rows: readonly Row[],
): Promise<{ rows: RowResult[]; problems: string[] }> {
  const living = workers.filter(({ alive }) => alive)
  if (living.length === 0) return { rows: [], problems: ['no world is left'] }
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
  const { faults, seed, everyNode, rows, full, onTrial } = proving
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
              .ask({ do: 'fault', fault: fault.id, node, rows: rowsUnder(fault, rows, full), limits: proving.limits })
              .catch((error: unknown) => ({ trouble: sentence(error), seconds: 0 }))
          : { unfit, seconds: 0 }
      const trial = judgeTrial(fault, node, answer)
      // What a busy machine gave no verdict on, or did not take, gets a second chance at the end; a verdict, either way, is final.
      if (trial.result === 'not judged' && worker.alive && trial.left.length === 0 && !next.again) {
        queue.push({ fault, node, again: true })
        onTrial(trial, trials.length, total, true)
        continue
      }
      trials.push(trial)
      onTrial(trial, trials.length, total, false)
      // On top of what could not be taken out, no other fault says anything.
      if (!worker.alive || trial.left.length > 0) return
    }
  }
  await Promise.all(workers.map(take))
  for (const { fault, node } of queue.splice(0)) {
    const trial = judgeTrial(fault, node, { trouble: 'no world is left to put it in', seconds: 0 })
    trials.push(trial)
    onTrial(trial, trials.length, total, false)
  }
  const place = ({ fault, node }: Trial) =>
    faults.findIndex(({ id }) => id === fault) * 1000 + opened.nodes.indexOf(node)
  return trials.sort((a, b) => place(a) - place(b))
}
