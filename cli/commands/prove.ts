import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { ownCluster } from '../../cluster/sources/may-break.ts'
import { UsageError } from '../../contract/errors.ts'
import { type Limits, Settings } from '../../contract/settings.ts'
import type { Fault } from '../../faults/fault.ts'
import { chooseFaults } from '../../prover/plan.ts'
import type { Worker } from '../../prover/pool.ts'
import { type Proving, prove as proveAll } from '../../prover/prove.ts'
import { reportOf } from '../../prover/report.ts'
import { readSpecification } from '../../suite/features.ts'
import { Progress } from '../progress.ts'
import { holdOne } from '../prove/hold.ts'
import { faultList, proofLines, trialLine } from '../prove/lines.ts'
import { readSettings } from '../settings.ts'
import { onSignals } from '../signals.ts'

/** The memory that one worker with a reference cluster needs, in bytes. */
const WORLD = 900e6

/** Time limits under a fault, in milliseconds. A healthy cluster stays below them, so a longer wait would prove nothing. */
const SHORT = { dial: 2_000, transfer: 5_000, kubelet: 8_000, propagate: 8_000, patience: 3_000 }

export interface ProveFlags {
  fault?: string[]
  scenario?: string
  everyNode?: boolean
  full?: boolean
  hold?: boolean
  list?: boolean
  seed?: number
  worlds?: number
  iOwnThisCluster?: string
  cluster?: string
  kubeconfig?: string
  context?: string
  json?: boolean
  output?: string
  [flag: string]: unknown
}

/** `flatnet prove`: injects one fault at a time and checks which scenarios fail. Gives 0 only if no fault survived. */
export async function prove(flags: ProveFlags): Promise<number> {
  const started = performance.now()
  const { fault, scenario, everyNode = false, full = false, hold, list, seed, worlds, iOwnThisCluster, ...rest } = flags
  const { rows } = readSpecification()
  const faults = chooseFaults({ faults: fault, scenario }, rows)
  if (list) {
    process.stdout.write(`${faultList(faults).join('\n')}\n`)
    return 0
  }
  if (hold && faults.length !== 1) throw new UsageError('--hold keeps one fault in place: name it with --fault.')
  const settings = settingsOf(rest)
  const progress = new Progress()
  if (settings.cluster === 'current' && (worlds ?? 1) > 1)
    throw new UsageError(
      '--worlds is for clusters that the proof creates; an existing cluster takes one fault at a time.',
    )
  const foreign = settings.cluster === 'current' ? await ownCluster(settings, iOwnThisCluster) : undefined
  if (foreign) announce(foreign.context, faults, progress)
  const workers: Worker[] = []
  const told = new Set<string>()
  const endAll = async () => {
    const left = (await Promise.all(workers.map((worker) => worker.end()))).flat()
    for (const sentence of left.filter((each) => !told.has(each))) progress.say(`flatnet: ${sentence}`)
    for (const sentence of left) told.add(sentence)
    return left
  }
  let interrupted = false
  const release = onSignals(async () => {
    interrupted = true
    progress.say('flatnet: interrupted; removing the fault and everything that this proof created.')
    await endAll()
  })
  const chosen = seed ?? Math.floor(Math.random() * 1e6)
  const proving: Proving = {
    settings,
    limits: hurried(settings),
    known: foreign?.facts ?? {},
    faults,
    rows,
    whole: fault === undefined && scenario === undefined,
    full,
    everyNode,
    seed: chosen,
    worlds: worlds ?? worldsFor(settings, faults.length),
    onLine: (line) => progress.live(`  ..  ${line}`),
    onOpened: ({ source, nodes, portrait }) =>
      progress.say(
        `  ${source}, Kubernetes ${portrait.kubernetesVersion}, ${nodes.length} nodes, seed ${chosen}; first without a fault`,
      ),
    onTrial: (trial, done, total, again) => {
      if (!interrupted) progress.say(trialLine(trial, done, total, again))
    },
  }
  try {
    if (hold) return await holdOne(proving, workers, progress)
    const proof = await proveAll(proving, workers)
    if (interrupted) return 130
    const left = [...proof.trials.flatMap((trial) => trial.left), ...(await endAll())]
    const { report, code } = reportOf(proof, { seed: chosen, seconds: Math.round(performance.now() - started) / 1000 })
    const folder = resolve(settings.output)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'proof.json'), `${JSON.stringify(report, null, 2)}\n`)
    const ids = [...new Set(rows.map(({ id }) => id))]
    const text = settings.json
      ? JSON.stringify(report, null, 2)
      : proofLines(proof, report, ids, relative(process.cwd(), join(folder, 'proof.json'))).join('\n')
    process.stdout.write(`${text}\n`)
    return left.length > 0 && code === 0 ? 2 : code
  } catch (error) {
    // An interrupt ends the workers, and their open jobs then fail.
    if (interrupted) return 130
    throw error
  } finally {
    if (!interrupted) release()
    await endAll()
  }
}

/** The default is the reference cluster: a user must ask explicitly for faults in another one. */
function settingsOf(flags: ProveFlags): Settings {
  const named = flags.kubeconfig !== undefined || flags.context !== undefined
  const settings = readSettings({ cluster: named ? 'current' : 'reference', ...flags }, [])
  if (settings.cluster !== 'current' && named)
    throw new UsageError(`--cluster ${settings.cluster} creates its own cluster; leave --kubeconfig and --context out.`)
  return settings
}

/** The limits under a fault: the short ones, except for limits that the user has set. */
function hurried({ limits }: Settings): Limits {
  const defaults = Settings.parse({}).limits
  const short = Object.entries(SHORT).filter(
    ([name]) => limits[name as keyof Limits] === defaults[name as keyof Limits],
  )
  return { ...limits, ...Object.fromEntries(short) }
}

/** How many workers run at the same time: as many as this machine has cores and memory for, and one if the source is not reference. */
const worldsFor = ({ cluster }: Settings, faults: number): number =>
  cluster === 'reference' ? Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / WORLD), faults)) : 1

/** Prints the plan before the first fault is injected into a cluster that flatnet did not create. */
function announce(context: string, faults: readonly Fault[], progress: Progress): void {
  progress.say(`  these faults will be injected into ${context}, one at a time, and each is removed again:`)
  for (const { id, where, says } of faults) progress.say(`    ${id} (${where}): ${says}`)
}
