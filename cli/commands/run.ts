import { mkdirSync, rmSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { accessOf } from '../../cluster/kube/access.ts'
import { type KubeApi, openApi } from '../../cluster/kube/api.ts'
import { foreignPolicies } from '../../cluster/site/policies.ts'
import { policyTrouble } from '../../cluster/site/provision.ts'
import { namespacesOf } from '../../cluster/site/remove.ts'
import { type Party, reach, settle } from '../../cluster/site/session.ts'
import { Undo } from '../../cluster/site/undo.ts'
import { kindConfig } from '../../cluster/sources/kind-config.ts'
import type { Streams } from '../../cluster/streams/streams.ts'
import type { ClusterFacts } from '../../contract/cluster.ts'
import { sentence, UsageError } from '../../contract/errors.ts'
import { ownVersion } from '../../contract/files.ts'
import { newRunId } from '../../contract/labels.ts'
import type { Settings } from '../../contract/settings.ts'
import { restateAllure } from '../../reports/allure.ts'
import type { RunFacts } from '../../reports/model.ts'
import { writeReport } from '../../reports/report.ts'
import { judge, type Verdict } from '../../reports/verdict.ts'
import { readSpecification, type Selection, type Specification, select } from '../../suite/features.ts'
import { Messages, planOf, runSuite } from '../../suite/suite.ts'
import { Progress } from '../progress.ts'
import { Screen } from '../screen.ts'
import { readSettings } from '../settings.ts'
import { onSignals } from '../signals.ts'

/** One run, from the command line to the end of its clean-up. */
interface Run {
  id: string
  settings: Settings
  specification: Specification
  selection: Selection
  planned: Set<string>
  folder: string
  started: number
  startedAt: string
  progress: Progress
  undo: Undo
  messages: Messages
  screen: Screen
  signal: AbortSignal
  kept: boolean
  /** Namespaces that the API was asked to create. */
  asked: Set<string>
  streams?: Streams
}

/** `flatnet run`: tests a cluster. Gives the exit code of the verdict. */
export async function run(features: readonly string[], flags: Record<string, unknown>): Promise<number> {
  const started = performance.now()
  const settings = readSettings(flags, features)
  const specification = readSpecification()
  const selection = select(specification, settings.features, settings.tags, settings.profile)
  const planned = await planOf(selection, settings.name)
  if (planned.size === 0) throw new UsageError('no scenario is selected; flatnet list shows all of them.')
  await checkInputs(settings)

  const folder = resolve(settings.output)
  for (const earlier of ['allure-results', 'evidence', 'index.html', 'junit.xml', 'report.yaml']) {
    rmSync(join(folder, earlier), { recursive: true, force: true })
  }
  mkdirSync(folder, { recursive: true })
  const progress = new Progress()
  const screen = new Screen(specification.rows, planned, progress, settings.json)
  const undo = new Undo()
  const aborter = new AbortController()
  const messages = new Messages(folder, (result) => screen.show(result))
  const startedAt = new Date().toISOString()
  const current: Run = {
    id: newRunId(),
    settings,
    specification,
    selection,
    planned,
    folder,
    started,
    startedAt,
    progress,
    undo,
    messages,
    screen,
    signal: aborter.signal,
    kept: false,
    asked: new Set(),
  }
  const release = onSignals(async () => {
    aborter.abort()
    await cleanUp(current, 'interrupted; removing everything that this run created')
  })
  try {
    return await execute(current)
  } finally {
    release()
  }
}

/** Checks the inputs before anything is created. @throws UsageError with the first mistake. */
async function checkInputs(settings: Settings): Promise<void> {
  const { cluster } = settings
  if (cluster !== 'current' && (settings.kubeconfig ?? settings.context) !== undefined) {
    throw new UsageError(`--cluster ${cluster} creates its own cluster; leave --kubeconfig and --context out.`)
  }
  if (cluster === 'kind') kindConfig(settings.kindConfig)
  if (cluster === 'current') await openApi(accessOf(settings))
}

/** The facts that the reports need in addition to cucumber's messages. */
const factsOf = (run: Run, cluster: RunFacts['cluster'], capabilities: RunFacts['capabilities']): RunFacts => ({
  run: run.id,
  flatnetVersion: ownVersion(),
  startedAt: run.startedAt,
  cluster,
  capabilities,
  specification: run.specification.rows,
  planned: [...run.planned],
})

async function execute(run: Run): Promise<number> {
  const { messages, settings, screen } = run
  let api: KubeApi | undefined
  let trouble: string | undefined
  let failure: unknown
  // Written first, so that the report of a failed set-up still lists what the run should test.
  messages.put('facts', factsOf(run, { source: settings.cluster }, {}))
  try {
    const reached = await reach(partyOf(run))
    api = reached.api
    trouble = await test(run, api, reached.facts)
  } catch (error) {
    failure = error
    trouble = sentence(error)
  }
  if (run.signal.aborted) return 130
  const reattachments = run.streams?.reattachments ?? 0
  const end = {
    ...(trouble !== undefined && { trouble }),
    ...(reattachments > 0 && { reattachments }),
    seconds: round(performance.now() - run.started),
    apiRequests: api?.requests() ?? 0,
  }
  messages.put('end', end)
  restateAllure(join(run.folder, 'allure-results'))
  const verdict = judge(messages.model)
  run.kept = settings.keepOnFailure && verdict.exitCode !== 0 && verdict.exitCode !== 3
  const report = writeReport(run.folder, messages.model, verdict)
  if (failure === undefined || settings.json)
    screen.conclude(verdict, end, relative(process.cwd(), run.folder) || '.', report)
  const cleaning = performance.now()
  const left = await cleanUp(run, undefined)
  messages.put('end', { ...end, cleanUpSeconds: round(performance.now() - cleaning), ...(left.length > 0 && { left }) })
  await messages.close()
  writeReport(run.folder, messages.model, verdict)
  if (failure !== undefined) throw failure
  return exitCode(verdict, left)
}

const round = (ms: number) => Math.round(ms / 100) / 10
const exitCode = (verdict: Verdict, left: readonly string[]) =>
  verdict.exitCode === 0 && left.length > 0 ? 2 : verdict.exitCode

/** Provisions and runs the suite. Gives the reason if the whole run is inconclusive. */
async function test(run: Run, api: KubeApi, facts: ClusterFacts): Promise<string | undefined> {
  const { messages } = run
  const { topology, portrait, streams } = await settle(partyOf(run), api, facts)
  run.streams = streams
  messages.put('facts', factsOf(run, { source: facts.source, ...portrait }, topology.capabilities))
  run.screen.head(ownVersion(), facts.source, portrait)
  await runSuite(run.selection, topology, run.folder, messages)
  if (run.signal.aborted) return undefined
  const policies = await foreignPolicies(api, Object.values(topology.namespaces))
  return policies.length > 0 ? policyTrouble(policies).message : undefined
}

const partyOf = ({ id, settings, progress: { tell }, undo, signal, asked }: Run): Party => ({
  id,
  settings,
  tell,
  undo,
  signal,
  asked,
})

/** Removes everything that the run created, and says so. Gives a sentence for each thing that is left. */
async function cleanUp(run: Run, why: string | undefined): Promise<string[]> {
  const { progress, undo, settings } = run
  if (run.kept) {
    await undo.run(true)
    const { main } = namespacesOf(run.id, settings.namespace)
    progress.say(
      `the objects of this run are kept: kubectl get pods -n ${main}; remove them with flatnet clean${settings.kubeconfig ? ` --kubeconfig ${settings.kubeconfig}` : ''}`,
    )
    return []
  }
  if (why !== undefined) progress.say(`flatnet: ${why}.`)
  const started = performance.now()
  progress.live('  ..  remove everything that this run created')
  const problems = await undo.run()
  for (const problem of problems) progress.say(`flatnet: could not ${problem}`)
  const made = run.asked.size > 0 || settings.cluster !== 'current'
  if (problems.length === 0 && made)
    progress.say(`  everything that this run created is removed (${round(performance.now() - started)} s)`)
  return problems
}
