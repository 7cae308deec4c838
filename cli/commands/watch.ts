import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { KubeApi } from '../../cluster/kube/api.ts'
import { takeBack } from '../../cluster/site/remove.ts'
import { type Party, reach } from '../../cluster/site/session.ts'
import { Undo } from '../../cluster/site/undo.ts'
import { Streams } from '../../cluster/streams/streams.ts'
import type { ClusterFacts } from '../../contract/cluster.ts'
import { EXIT } from '../../contract/exit.ts'
import { newRunId } from '../../contract/labels.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import { printedJson } from '../../contract/visible.ts'
import type { Happening } from '../../watch/happenings.ts'
import type { WatchMetrics } from '../../watch/metrics.ts'
import { WatchRecord } from '../../watch/record.ts'
import { reportOf, type WatchFacts } from '../../watch/report.ts'
import type { WatchReport } from '../../watch/schema.ts'
import { makeStand, type Stand, standing } from '../../watch/stand.ts'
import { Watch } from '../../watch/watch.ts'
import { removeAll } from '../clean-up.ts'
import { checkInputs } from '../inputs.ts'
import { Progress } from '../progress.ts'
import { readSettings } from '../settings.ts'
import { onSignals } from '../signals.ts'
import { painter } from '../terminal.ts'
import { type Ended, runCommand } from '../watch/command.ts'
import { watchFolder, writeWatch } from '../watch/folder.ts'
import { watchLines } from '../watch/lines.ts'
import { showLive } from '../watch/live.ts'
import { type WatchFlags, type WatchOptions, watchOptions } from '../watch/options.ts'

/** One watch, from the command line to the end of its clean-up. */
interface Job {
  party: Party
  options: WatchOptions
  progress: Progress
  record: WatchRecord
  startedAt: Date
}

const CODES = {
  kept: EXIT.ok,
  broken: EXIT.failed,
  inconclusive: EXIT.inconclusive,
  interrupted: EXIT.interrupted,
} as const

/** `flatnet watch`: observes the network while something is done to the cluster. Gives the exit code. */
export async function watch(words: string[], flags: WatchFlags & Record<string, unknown>): Promise<number> {
  const settings = { ...readSettings(flags, []), outside: 'none' as const }
  const options = watchOptions(words, flags)
  const folder = flags.output === undefined ? undefined : watchFolder(settings.output)
  await checkInputs(settings)
  let metrics: WatchMetrics | undefined
  const record = new WatchRecord((...judged) => metrics?.take(...judged))
  if (options.metrics) {
    // Loaded on demand: few watches serve metrics.
    metrics = new (await import('../../watch/metrics.ts')).WatchMetrics(() => record)
    await metrics.serve(options.metrics)
  }
  const progress = new Progress()
  const over = new AbortController()
  const [id, undo] = [newRunId(), new Undo()]
  const party: Party = {
    id,
    settings,
    tell: progress.tell,
    undo,
    signal: over.signal,
    asked: new Set(),
    needs: new Set(),
  }
  const job: Job = { party, options, progress, record, startedAt: new Date() }
  const done = Promise.withResolvers<void>()
  const release = onSignals(() => {
    progress.say('flatnet: interrupted; the watch ends, and everything that it created is removed.')
    over.abort()
    return done.promise
  })
  let report: WatchReport | undefined
  let left: string[] = []
  try {
    report = await observed(job)
    if (report && !settings.json) process.stdout.write(`${watchLines(report, painter(process.stdout)).join('\n')}\n`)
  } finally {
    left = await removeAll(party, progress, 'watch')
    if (report) {
      const whole = left.length > 0 ? { ...report, left } : report
      if (settings.json) process.stdout.write(printedJson(whole))
      if (folder !== undefined) {
        writeWatch(folder, whole)
        progress.say(`  the report is in ${relative(process.cwd(), folder) || '.'}: watch.yaml, watch.json, index.html`)
      }
    }
    release()
    done.resolve()
  }
  const code = report ? CODES[report.result] : EXIT.interrupted
  return code === EXIT.ok && left.length > 0 ? EXIT.inconclusive : code
}

/** Sets up the probes, watches, and gives the report; undefined if it was interrupted before the watch had begun. */
async function observed(job: Job): Promise<WatchReport | undefined> {
  const { party, options, progress, record } = job
  const { settings, id, tell, undo, asked, signal } = party
  const interrupted = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)))
  const setUp = async () => {
    const { api, facts } = await reach(party)
    undo.add('delete what the watch created', () => takeBack(api, id, settings, asked))
    const stand = await tell('create a DaemonSet of probes and a Service', () => makeStand(api, id, settings, asked))
    undo.add('delete the DaemonSet', () => endSet(api, stand))
    undo.add('end the renewal of the Lease', async () => stand.letGo(), true)
    const probes = await tell(
      'start a probe on each node',
      () => standing(api, stand, id, settings),
      (all) => `${all.length} nodes`,
    )
    return { api, facts, stand, probes }
  }
  const settingUp = setUp()
  // After an interruption nobody waits for it any more.
  settingUp.catch(() => undefined)
  const made = await Promise.race([settingUp, interrupted])
  if (!made || signal.aborted) return undefined
  const { api, facts, stand, probes } = made
  const streams = new Streams(async () => api)
  undo.add('close the streams', () => streams.close(), true)
  const watching = new Watch({ api, streams, run: id, stand, everyMs: options.everyMs, record })
  const begin = () => watching.begin(probes)
  const begun = await Promise.race([tell('wait until every path is answered', begin), interrupted])
  if (!begun) return undefined
  if (!begun.isCalm) progress.say('flatnet: some paths are not answered; the watch begins nevertheless.')
  record.begin(performance.now(), begun.isCalm)
  job.startedAt = new Date()
  const told = tellHappenings(watching.happenings, progress)
  const live = showLive(record, progress)
  let ended: Ended | undefined
  try {
    ended = await lasting(job, facts)
  } finally {
    record.end(performance.now())
    live[Symbol.dispose]()
    progress.live('  ..  fetch what the probes have seen')
  }
  const silent = await watching.end()
  told()
  progress.clear()
  record.conclude()
  return reportOf(record, factsOf(job, { facts, stand, probes, silent, watching, ...begun, ...(ended && { ended }) }))
}

/** Waits for as long as the watch lasts; runs the command if there is one. Gives how the command ended. */
async function lasting({ party, options, progress }: Job, facts: ClusterFacts): Promise<Ended | undefined> {
  const { signal } = party
  const rest = (ms: number) => delay(ms, undefined, { signal }).catch(() => undefined)
  if (options.command.length === 0) {
    if (options.forMs !== undefined) await rest(options.forMs)
    else await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    return undefined
  }
  const env = { ...process.env, ...kubeconfigFor(party, facts) }
  const ended = await runCommand(options.command, env, (line) => progress.say(`  |  ${line}`), signal)
  await rest(options.settleMs)
  return ended
}

/** The environment by which a command reaches the cluster that is watched. */
function kubeconfigFor({ undo }: Party, { kubeconfig, credentials }: ClusterFacts): NodeJS.ProcessEnv {
  if (kubeconfig !== undefined) return { KUBECONFIG: kubeconfig }
  if (credentials === undefined) return {}
  const folder = mkdtempSync(join(tmpdir(), 'flatnet-watch-'))
  undo.add('remove the kubeconfig of the command', async () => rmSync(folder, { recursive: true, force: true }), true)
  const file = join(folder, 'kubeconfig')
  writeFileSync(file, credentials, { mode: 0o600 })
  return { KUBECONFIG: file }
}

const TELL_MS = 500

/** Prints what happens to nodes and probes as soon as it is known. Gives the function that prints the rest and ends it. */
function tellHappenings(happenings: readonly Happening[], progress: Progress): () => void {
  let told = 0
  const tell = () => {
    for (; told < happenings.length; told++) progress.say(`  ${happenings[told]?.says}`)
  }
  const timer = setInterval(tell, TELL_MS)
  return () => {
    clearInterval(timer)
    tell()
  }
}

/** The parts from which the report is made. */
interface Made {
  facts: ClusterFacts
  stand: Stand
  probes: ProbeRef[]
  silent: string[]
  watching: Watch
  isCalm: boolean
  ended?: Ended
}

const factsOf = ({ party, options, startedAt, record }: Job, made: Made): WatchFacts => ({
  run: party.id,
  source: made.facts.source,
  startedAt,
  everyMs: options.everyMs,
  ...(options.budgetMs !== undefined && { budgetMs: options.budgetMs }),
  service: made.stand.service.ip,
  ...(made.watching.dns !== undefined && { dns: made.watching.dns }),
  isInterrupted: party.signal.aborted,
  isCalm: made.isCalm,
  silent: made.silent,
  away: [...record.nodes.keys()].filter((node) => made.watching.isAway(node)),
  happenings: made.watching.happenings,
  ...(made.ended && { command: made.ended }),
})

/** Deletes the DaemonSet first: it would make new pods in place of those that are deleted. */
const endSet = async (api: KubeApi, { namespace, name }: Stand): Promise<void> => {
  await api.apps.deleteNamespacedDaemonSet({ namespace, name, propagationPolicy: 'Background' })
}
