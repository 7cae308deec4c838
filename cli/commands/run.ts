import { relative } from 'node:path'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { clusterIdOf } from '../../cluster/kube/cluster-id.ts'
import { shellsThroughPods } from '../../cluster/nodes/privileged.ts'
import { foreignPolicies } from '../../cluster/site/policies.ts'
import { policyTrouble } from '../../cluster/site/provision.ts'
import { namespacesOf } from '../../cluster/site/remove.ts'
import { type Party, reach, settle } from '../../cluster/site/session.ts'
import { Undo } from '../../cluster/site/undo.ts'
import type { Streams } from '../../cluster/streams/streams.ts'
import { type BaselineEntry, expectedHere, readBaselines } from '../../contract/baseline.ts'
import type { ClusterFacts } from '../../contract/cluster.ts'
import { sentence, UsageError } from '../../contract/errors.ts'
import { EXIT } from '../../contract/exit.ts'
import { ownVersion } from '../../contract/files.ts'
import { newRunId } from '../../contract/labels.ts'
import { layoutOf } from '../../contract/layout.ts'
import type { RunFacts } from '../../contract/media.ts'
import { needsOf, placeOf } from '../../contract/row.ts'
import { type Settings, sharedOf } from '../../contract/settings.ts'
import { type Shard, shardOf } from '../../contract/shard.ts'
import type { Topology } from '../../contract/topology.ts'
import { writeAllure } from '../../reports/allure/results.ts'
import { tellGitHub } from '../../reports/github.ts'
import { writeReport } from '../../reports/report.ts'
import { judge, type Verdict } from '../../reports/verdict.ts'
import { readSpecification, type Selection, select } from '../../suite/features.ts'
import { nodeEvidence, suspectsOf } from '../../suite/node-evidence.ts'
import { rowsOfShard } from '../../suite/shard.ts'
import { Messages, planOf, runSuite } from '../../suite/suite.ts'
import { inSeconds, removeAll } from '../clean-up.ts'
import { checkInputs } from '../inputs.ts'
import { Progress } from '../progress.ts'
import { checkedFolder, emptied } from '../run/folder.ts'
import { announce, publish } from '../run/publish.ts'
import { detailOf, Screen } from '../screen.ts'
import { readSettings } from '../settings.ts'
import { onSignals } from '../signals.ts'

/** One run, from the command line to the end of its clean-up. */
interface Run {
  /** The inputs of provisioning: settings, progress, undo. */
  party: Party
  selection: Selection
  /** The facts for the reports that are known before there is a cluster. */
  about: Omit<RunFacts, 'cluster' | 'capabilities'>
  folder: string
  started: number
  progress: Progress
  messages: Messages
  screen: Screen
  /** The rows that are expected to fail, and on which cluster. */
  baseline: BaselineEntry[]
  /** Whether the objects of the run are kept, so that the user can inspect them. */
  kept: boolean
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
  const baseline = readBaselines(settings.baseline, specification.rows)
  const folder = checkedFolder(settings.output)
  const shard = shardIn(settings)
  const everywhere = settings.nodes === 'all' ? specification.everywhere : new Set<string>()
  const own = shard ? rowsOfShard(specification.rows, planned, shard, everywhere) : planned
  if (own.size === 0)
    throw new UsageError(
      `--shard ${settings.shard}: only ${planned.size} rows are selected; expected at most as many shards.`,
    )
  await checkInputs(settings)
  emptied(folder)
  const progress = new Progress()
  const screen = new Screen(specification.rows, own, progress, detailOf(settings))
  const aborter = new AbortController()
  const [id, undo, asked] = [newRunId(), new Undo(), new Set<string>()]
  const needs = new Set(needsOf(specification.rows.filter((row) => own.has(placeOf(row)))))
  const startedAt = new Date().toISOString()
  const current: Run = {
    party: { id, settings, tell: progress.tell, undo, signal: aborter.signal, asked, needs },
    about: {
      run: id,
      flatnetVersion: ownVersion(),
      startedAt,
      specification: specification.rows,
      planned: [...own],
      ...(shard && { shard: { ...shard, rows: [...planned], seed: settings.seed, settings: sharedOf(settings) } }),
    },
    messages: new Messages(folder, (result) => screen.show(result)),
    kept: false,
    ...{
      selection: shard ? { ...selection, paths: [...own] } : selection,
      baseline,
      folder,
      started,
      progress,
      screen,
    },
  }
  const release = onSignals(async () => {
    aborter.abort()
    const cleaning = cleanUp(current, 'interrupted; removing everything that this run created')
    screen.interrupted(judge(current.messages.model))
    await cleaning
  })
  try {
    return await execute(current)
  } finally {
    release()
  }
}

/** The shard that the settings name. @throws UsageError if it cannot be known, or cannot draw as the others do. */
function shardIn({ shard, seed }: Settings): Shard | undefined {
  if (shard === undefined) return undefined
  if (seed === undefined) throw new UsageError('--shard needs --seed N, so that all shards draw the same.')
  const part = shardOf(shard)
  if (!part) throw new UsageError(`--shard ${shard}: JOB_COMPLETION_INDEX is not the index of one of its pods.`)
  return part
}

async function execute(run: Run): Promise<number> {
  const { messages, screen, about, party } = run
  const { settings } = party
  let api: KubeApi | undefined
  let trouble: string | undefined
  let failure: unknown
  // Written first, so that the report of a failed set-up still lists what the run should test.
  messages.put('facts', { ...about, cluster: { source: settings.cluster }, capabilities: {} })
  try {
    const reached = await reach(party)
    api = reached.api
    await announce(settings.publish, api)
    trouble = await test(run, api, reached.facts)
  } catch (error) {
    failure = error
    trouble = sentence(error)
  }
  if (party.signal.aborted) return EXIT.interrupted
  const reattachments = run.streams?.reattachments ?? 0
  const end = {
    ...(trouble !== undefined && { trouble }),
    ...(reattachments > 0 && { reattachments }),
    seconds: inSeconds(performance.now() - run.started),
    apiRequests: api?.requests() ?? 0,
  }
  messages.put('end', end)
  const verdict = judge(messages.model)
  run.kept = settings.keepOnFailure && verdict.exitCode !== EXIT.ok && verdict.exitCode !== EXIT.partial
  const report = writeReport(run.folder, messages.model, verdict)
  if (failure === undefined || settings.json)
    screen.conclude(verdict, end, relative(process.cwd(), run.folder) || '.', report)
  const cleaning = performance.now()
  const left = await cleanUp(run, undefined)
  messages.put('end', {
    ...end,
    cleanUpSeconds: inSeconds(performance.now() - cleaning),
    ...(left.length > 0 && { left }),
  })
  await messages.close()
  writeReport(run.folder, messages.model, verdict)
  writeAllure(run.folder, messages.model, verdict)
  tellGitHub(messages.model, verdict, process.env, (line) => process.stderr.write(`${line}\n`))
  const code = failure === undefined ? exitCode(verdict, left) : EXIT.inconclusive
  const unpublished = await publish(settings.publish, { folder: run.folder, exitCode: code, api })
  for (const problem of unpublished) run.progress.say(`flatnet: ${problem}`)
  if (failure !== undefined) throw failure
  return code === EXIT.ok && unpublished.length > 0 ? EXIT.inconclusive : code
}

const exitCode = (verdict: Verdict, left: readonly string[]) =>
  verdict.exitCode === EXIT.ok && left.length > 0 ? EXIT.inconclusive : verdict.exitCode

/** Provisions and runs the suite. Gives the reason if the whole run is inconclusive. */
async function test(run: Run, api: KubeApi, facts: ClusterFacts): Promise<string | undefined> {
  const { messages, about, party } = run
  const { topology, portrait, streams } = await settle(party, api, facts)
  run.streams = streams
  const { capabilities } = topology
  const expected = expectedHere(run.baseline, topology)
  const { seed, drawn } = topology
  const cluster = { source: facts.source, ...portrait }
  const layout = layoutOf(topology)
  const shard = about.shard && { ...about.shard, cluster: clusterIdOf(api) }
  const tellFacts = () =>
    messages.put('facts', { ...about, seed, drawn, cluster, layout, capabilities, expected, ...(shard && { shard }) })
  tellFacts()
  run.screen.head(about.flatnetVersion, facts.source, portrait)
  using _ = run.screen.watch(messages.model)
  await runSuite(run.selection, topology, run.folder, messages)
  // Some capabilities are found out while the scenarios run.
  tellFacts()
  if (party.signal.aborted) return undefined
  await askNodes(run, api, topology)
  const policies = await foreignPolicies(api, Object.values(topology.namespaces), party.id)
  return policies.length > 0 ? policyTrouble(policies).message : undefined
}

/** How long the nodes may take to show what they do with the packets of the causes. */
const NODES_MS = 60_000

/** Lets the nodes show what they do with the packets of the causes. It never changes the verdict, and ends with the run or in time. */
async function askNodes({ messages, party, progress }: Run, api: KubeApi, topology: Topology): Promise<void> {
  const { causes } = judge(messages.model)
  const isKnown = Object.keys(topology.cluster.nodeShell).length > 0
  if (causes.length === 0 || !(isKnown || party.settings.nodeEvidence)) return
  const late = AbortSignal.any([party.signal, AbortSignal.timeout(NODES_MS)])
  const ended = new Promise<undefined>((resolve) => late.addEventListener('abort', () => resolve(undefined)))
  const ask = async () => {
    if (isKnown) return nodeEvidence(causes, topology, late)
    const nodes = suspectsOf(causes)
    progress.say(`  a privileged pod on ${nodes.join(', ')}, as --node-evidence asks`)
    const nodeShell = await shellsThroughPods(api, topology, nodes)
    return nodeEvidence(causes, { ...topology, cluster: { ...topology.cluster, nodeShell } }, late)
  }
  const asked = ask().catch((error: unknown) => {
    progress.say(`flatnet: the nodes were not asked: ${sentence(error)}`)
    return undefined
  })
  const found = await Promise.race([asked, ended])
  if (found && found.length > 0) messages.put('nodes', found)
}

/** Removes everything that the run created, and says so. Gives a sentence for each thing that is left. */
async function cleanUp(run: Run, why: string | undefined): Promise<string[]> {
  const { progress, party } = run
  const { undo, settings } = party
  if (run.kept) {
    await undo.run(true)
    const { main } = namespacesOf(party.id, settings.namespace)
    progress.say(
      `the objects of this run are kept: kubectl get pods -n ${main}; remove them with flatnet clean${settings.kubeconfig ? ` --kubeconfig ${settings.kubeconfig}` : ''}`,
    )
    return []
  }
  if (why !== undefined) progress.say(`flatnet: ${why}.`)
  return removeAll(party, progress, 'run')
}
