import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { ownCluster } from '../../cluster/sources/may-break.ts'
import { UsageError } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import type { Settings } from '../../contract/settings.ts'
import type { Fault } from '../../faults/fault.ts'
import { chooseFaults } from '../../prover/plan.ts'
import { worldsFor } from '../../prover/policy.ts'
import { type Proof, type Proving, prove as proveAll } from '../../prover/prove.ts'
import { reportOf } from '../../prover/report.ts'
import { readSpecification } from '../../suite/features.ts'
import type { ProveFlags } from '../flags.ts'
import { Progress } from '../progress.ts'
import { Crew } from '../prove/crew.ts'
import { holdOne } from '../prove/hold.ts'
import { faultList, proofLines, trialLine } from '../prove/lines.ts'
import { checkedFolder } from '../run/folder.ts'
import { readSettings } from '../settings.ts'
import { seconds } from '../terminal.ts'

/** `flatnet prove`: injects one fault at a time and checks which scenarios fail. Gives 0 only if no fault survived. */
export async function prove(flags: ProveFlags): Promise<number> {
  const started = performance.now()
  const { rows } = readSpecification()
  const faults = chooseFaults({ faults: flags.fault, scenario: flags.scenario }, rows)
  if (flags.list) {
    process.stdout.write(`${faultList(faults).join('\n')}\n`)
    return EXIT.ok
  }
  const settings = settingsOf(flags, faults)
  const progress = new Progress()
  const foreign = settings.cluster === 'current' ? await ownCluster(settings, flags.iOwnThisCluster) : undefined
  if (foreign) announce(foreign.context, faults, progress)
  await using crew = new Crew(progress)
  const plan = { settings, faults, rows, known: foreign?.facts ?? {} }
  const proving = provingOf(flags, plan, progress, crew)
  try {
    if (flags.hold) return await holdOne(proving, crew.workers, progress)
    let judged = 'the rows without a fault'
    using _ = progress.beat(() => `${seconds(performance.now() - started)}   ${judged}`)
    const onTrial: Proving['onTrial'] = (trial, done, total, again) => {
      judged = `${done} of ${total} faults judged`
      proving.onTrial(trial, done, total, again)
    }
    const proof = await proveAll({ ...proving, onTrial }, crew.workers)
    return crew.interrupted ? EXIT.interrupted : await conclude(proving, proof, started, crew)
  } catch (error) {
    // An interrupt ends the workers, and their open jobs then fail.
    if (crew.interrupted) return EXIT.interrupted
    throw error
  }
}

/**
 * The settings of a proof. The default is the reference cluster: a user must ask explicitly for faults in another one.
 * @throws UsageError if flags contradict each other.
 */
function settingsOf(flags: ProveFlags, faults: readonly Fault[]): Settings {
  if (flags.hold && faults.length !== 1) throw new UsageError('--hold keeps one fault in place: name it with --fault.')
  const named = flags.kubeconfig !== undefined || flags.context !== undefined
  const settings = readSettings({ cluster: named ? 'current' : 'reference', ...flags }, [])
  if (settings.cluster !== 'current' && named)
    throw new UsageError(`--cluster ${settings.cluster} creates its own cluster; leave --kubeconfig and --context out.`)
  checkedFolder(settings.output)
  if (settings.cluster === 'current' && (flags.worlds ?? 1) > 1)
    throw new UsageError(
      '--worlds is for clusters that the proof creates; an existing cluster takes one fault at a time.',
    )
  return settings
}

/** Prints the plan before the first fault is injected into a cluster that flatnet did not create. */
function announce(context: string, faults: readonly Fault[], progress: Progress): void {
  progress.say(`  these faults will be injected into ${context}, one at a time, and each is removed again:`)
  for (const { id, where, says } of faults) progress.say(`    ${id} (${where}): ${says}`)
}

/** The inputs of the proof from the flags, and the functions that report its progress. */
function provingOf(
  { fault, scenario, everyNode = false, full = false, worlds, seed = Math.floor(Math.random() * 1e6) }: ProveFlags,
  plan: Pick<Proving, 'settings' | 'faults' | 'rows' | 'known'>,
  progress: Progress,
  crew: Crew,
): Proving {
  return {
    ...plan,
    settings: { ...plan.settings, seed },
    whole: fault === undefined && scenario === undefined,
    everyNode,
    full,
    seed,
    worlds: worlds ?? worldsFor(plan.settings, plan.faults.length),
    onLine: (line) => progress.live(`  ..  ${line}`),
    onOpened: ({ source, nodes, portrait }) =>
      progress.say(
        `  ${source}, Kubernetes ${portrait.kubernetesVersion}, ${nodes.length} nodes, seed ${seed}; first without a fault`,
      ),
    onTrial: (trial, done, total, again) => {
      if (!crew.interrupted) progress.say(trialLine(trial, done, total, again))
    },
  }
}

/** Writes proof.json and prints the proof. Gives the exit code. */
async function conclude(
  { settings, rows, seed, whole }: Proving,
  proof: Proof,
  started: number,
  crew: Crew,
): Promise<number> {
  const left = [...proof.trials.flatMap((trial) => trial.left), ...(await crew.end())]
  const { report, code } = reportOf(proof, { seed, seconds: Math.round(performance.now() - started) / 1000 })
  const file = join(resolve(settings.output), 'proof.json')
  mkdirSync(resolve(settings.output), { recursive: true })
  const json = JSON.stringify(report, null, 2)
  writeFileSync(file, `${json}\n`)
  const ids = [...new Set(rows.map(({ id }) => id))]
  const text = settings.json ? json : proofLines(proof, report, ids, relative(process.cwd(), file), !whole).join('\n')
  process.stdout.write(`${text}\n`)
  return left.length > 0 && code === EXIT.ok ? EXIT.inconclusive : code
}
