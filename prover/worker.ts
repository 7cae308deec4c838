import { withGateway } from '../cluster/outside/gateway.ts'
import { restartsCounted } from '../cluster/pods/mishap.ts'
import { type Party, reach, type Session, settle } from '../cluster/site/session.ts'
import { Undo } from '../cluster/site/undo.ts'
import { expectedHere, shippedBaseline } from '../contract/baseline.ts'
import type { ClusterFacts } from '../contract/cluster.ts'
import { sentence, UsageError } from '../contract/errors.ts'
import { expectationOf } from '../contract/expected.ts'
import { placeOf, type Row } from '../contract/row.ts'
import type { Limits, Settings } from '../contract/settings.ts'
import type { Tell } from '../contract/tell.ts'
import type { Topology } from '../contract/topology.ts'
import { FAULTS, faultOf } from '../faults/index.ts'
import { causesOf } from '../reports/causes/causes.ts'
import type { Result } from '../reports/model.ts'
import { Rows } from '../suite/rows.ts'
import { checkNodes, InjectedFault, type Repair } from './injected-fault.ts'
import { deleteInjectionRecord, writeInjectionRecord } from './injection-records.ts'
import { isForeseen } from './judge.ts'
import { placeOn, unfitHere } from './place.ts'
import type { Answer, Job, Opened, RowResult, Word } from './protocol.ts'
import { virtualIPs } from './virtual-ips.ts'

// A worker process: it has a cluster, does the prover's jobs on it, and ends when the prover ends.

const ROWS_AT_ONCE = 6

const undo = new Undo()
const aborter = new AbortController()
const asked = new Set<string>()
let run = ''
let owner = ''
let session: Session | undefined
let rows: Rows | undefined
let injected: InjectedFault | undefined
/** The last result of each row since the fault was injected, by its place. */
const last = new Map<string, Result>()

// A prover that has gone is heard by 'disconnect'. Without the callback, an error of `send` would end this process first.
const say = (word: Word) => process.connected && process.send?.(word, () => {})

const tell: Tell = async (what, action, result) => {
  const value = await action()
  say({ line: `${what}${result ? `: ${result(value)}` : ''}` })
  return value
}

async function open(settings: Settings, known: Partial<ClusterFacts>, needs: readonly string[]): Promise<Answer> {
  const gentle = { ...settings, parallel: Math.min(settings.parallel, ROWS_AT_ONCE) }
  const party: Party = { id: run, settings: gentle, tell, undo, signal: aborter.signal, asked, needs: new Set(needs) }
  const loading = Rows.load()
  const { api, facts: told } = await reach(party)
  const facts = { ...told, ...known }
  await checkNodes(facts)
  if (settings.cluster === 'current') {
    writeInjectionRecord(run, { owner, facts, objects: [] })
    undo.add('delete the record of injected faults', async () => {
      if (!injected) deleteInjectionRecord(run)
    })
  }
  session = await settle(party, api, facts)
  rows = await loading
  undo.add('remove the fault', async () => {
    const left = await takeOut()
    if (left.length > 0) throw new Error(left.join('; '))
  })
  const { topology, portrait, policing } = session
  await policing
  const unfit = FAULTS.flatMap((fault) => {
    const why = unfitHere(fault, facts.source, topology)
    return why === undefined ? [] : [[fault.id, why] as const]
  })
  const opened: Opened = {
    source: facts.source,
    nodes: topology.nodes.map(({ name }) => name),
    portrait,
    unfit: Object.fromEntries(unfit),
  }
  return { opened, seconds: 0 }
}

function here(): { session: Session; rows: Rows } {
  if (!session || !rows) throw new Error('no cluster is open')
  return { session, rows }
}

/** The topology with the restarts of containers until now: a fault may restart one. */
async function counted({ api, topology }: Session): Promise<Topology> {
  return { ...topology, pods: await restartsCounted(api, run, topology.pods) }
}

async function runRows(wanted: readonly Row[], limits?: Limits): Promise<RowResult[]> {
  const { session, rows } = here()
  const topology = await counted(session)
  const known = expectedHere(shippedBaseline(), topology)
  const results = await rows.run(
    wanted,
    limits ? { ...topology, settings: { ...topology.settings, limits } } : topology,
  )
  const judged = new Map(
    results.map((result) => {
      const expected = result.status === 'failed' ? expectationOf(known, result) : undefined
      return [placeOf(result), { result, expected }] as const
    }),
  )
  for (const [place, { result, expected }] of judged)
    last.set(place, expected ? { ...result, status: 'expected' } : result)
  return wanted.map(({ id, row, uri, line }) => {
    const { result, expected } = judged.get(placeOf({ uri, line })) ?? {}
    if (expected) return { id, row, uri, line, status: 'skipped', because: `expected failure: ${expected.reason}` }
    const { status = 'inconclusive', because = 'the row was not run', failedIn } = result ?? {}
    return { id, row, uri, line, status, because, ...(failedIn && { failedIn }) }
  })
}

async function putIn(fault: string, nodeName: string): Promise<Answer | undefined> {
  const { api, facts } = here().session
  const topology = await counted(here().session)
  const found = faultOf(fault)
  const node = topology.nodes.find(({ name }) => name === nodeName)
  if (!found || !node) throw new Error(`no fault ${fault} or no node ${nodeName}`)
  const unfit = unfitHere(found, facts.source, topology)
  if (unfit !== undefined) return { unfit, seconds: 0 }
  const remember = (objects: Repair[]) => {
    if (topology.settings.cluster === 'current') writeInjectionRecord(run, { owner, facts, objects })
  }
  injected = new InjectedFault(fault, found.steps(placeOn(topology, node, await virtualIPs(api))), {
    api,
    facts: withGateway(facts, topology.outside?.gateway?.shell),
    topology,
    remember,
  })
  try {
    await injected.inject()
    return undefined
  } catch (error) {
    return { trouble: sentence(error), left: await takeOut(), seconds: 0 }
  }
}

async function takeOut(): Promise<string[]> {
  const left = (await injected?.remove()) ?? []
  if (left.length === 0) injected = undefined
  return left
}

async function breakOne(fault: string, node: string, wanted: readonly Row[], limits: Limits): Promise<Answer> {
  last.clear()
  const failed = await putIn(fault, node)
  if (failed) return failed
  try {
    const results = await confirmed(fault, wanted, await runRows(wanted, limits))
    const causes = causesOf(
      [...last.values()],
      here().session.topology.nodes.map(({ name }) => name),
    )
    const doubt = await injected?.doubt().catch((error: unknown) => sentence(error))
    const left = await takeOut()
    return { rows: results, causes, ...(doubt !== undefined && { trouble: doubt }), left, seconds: 0 }
  } catch (error) {
    return { trouble: sentence(error), left: await takeOut(), seconds: 0 }
  }
}

/** Runs the rows whose results match `such` once more, with full limits, and replaces their results. */
async function amended(wanted: readonly Row[], results: RowResult[], such: (result: RowResult) => boolean) {
  const same = (a: Row | RowResult) => (b: Row | RowResult) => a.uri === b.uri && a.line === b.line
  const doubtful = results.filter(such)
  if (doubtful.length === 0) return results
  const second = await runRows(wanted.filter((row) => doubtful.some(same(row))))
  return results.map((each) => second.find(same(each)) ?? each)
}

/** Runs rows without a fault. An inconclusive row is run once more; a failed row is a verdict and is not. */
const healthy = async (wanted: readonly Row[]): Promise<RowResult[]> =>
  amended(wanted, await runRows(wanted), ({ status }) => status === 'inconclusive')

/** A row that does not pass although this fault does not claim it is run again with full limits while the fault is still in place. */
async function confirmed(fault: string, wanted: readonly Row[], results: RowResult[]): Promise<RowResult[]> {
  const found = faultOf(fault)
  const bad = ({ status }: RowResult) => status === 'failed' || status === 'inconclusive'
  return amended(wanted, results, (each) => found !== undefined && bad(each) && !isForeseen(found, each))
}

async function hold(fault: string, node: string): Promise<Answer> {
  const failed = await putIn(fault, node)
  if (failed) return failed
  const { facts, api } = here().session
  const kubeconfig = facts.kubeconfig ?? api.config.exportConfig()
  return { around: { kubeconfig, shell: [...(facts.nodeShell[node] ?? [])] }, seconds: 0 }
}

async function answer(job: Job): Promise<Answer> {
  if (job.do === 'open') {
    owner = job.owner
    run = job.run
    return open(job.settings, job.known, job.needs)
  }
  if (job.do === 'rows') return { rows: await healthy(job.rows), seconds: 0 }
  if (job.do === 'fault') return breakOne(job.fault, job.node, job.rows, job.limits)
  if (job.do === 'hold') return hold(job.fault, job.node)
  aborter.abort()
  return { left: await undo.run(), seconds: 0 }
}

async function leave(): Promise<void> {
  aborter.abort()
  // The prover is gone, so problems can only go to stderr.
  for (const problem of await undo.run()) process.stderr.write(`flatnet: could not ${problem}\n`)
  process.exit()
}

// Ctrl-C reaches every process of a terminal, but the prover decides when its workers end.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => void leave())
process.on('message', (job: Job) => {
  const started = performance.now()
  answer(job).then(
    (given) => {
      say({ answer: { ...given, seconds: Math.round(performance.now() - started) / 1000 } })
      if (job.do === 'end') process.disconnect?.()
    },
    (error: unknown) => say({ failure: sentence(error), usage: error instanceof UsageError }),
  )
})
