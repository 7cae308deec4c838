import { Draw } from '../../contract/draw.ts'
import { broken, type Outcome, type Report } from '../acceptance/cli.ts'
import { type Bends, gateBefore } from '../acceptance/gate.ts'
import { startStanding } from '../acceptance/standing.ts'
import { DISTURBANCES } from './disturbances.ts'
import type { World } from './world.ts'

/** What the suite said about a healthy world. */
export interface Catch {
  world: World
  result: string
  /** The promises that it called broken: none may be. */
  broken: string[]
  /** The sentences about them. */
  because: string[]
  /** Rows by status. */
  counts: string
  /** The namespaces that it left behind. */
  left: string[]
  seconds: number
  outcome: Outcome
}

/** The exit codes of a run that calls no promise broken and has no bug of its own. */
const FINE: readonly (number | null)[] = [0, 2, 3]

/** Whether the suite said a false word about a healthy world, had no word at all, or left something behind. */
export const isFalse = ({ broken: all, left, outcome: { code } }: Catch): boolean =>
  all.length > 0 || left.length > 0 || !FINE.includes(code)

/** Lets the suite judge one world, and gives what it said. `args`: further arguments of the run. */
export async function hunt(world: World, args: readonly string[] = []): Promise<Catch> {
  const { seed, nodes, ipFamily, maxNodes, ring, shape: own, disturbances } = world
  const begun = performance.now()
  await using cluster = await startStanding(nodes, ipFamily, own)
  const { items } = await cluster.core.listNode()
  const names = items.map(({ metadata }) => metadata?.name ?? '')
  const acts = disturbances.map((name) => ({ name, ...DISTURBANCES[name] }))
  const drawFor = (purpose: string) => new Draw(seed, purpose)
  const refusing = acts.flatMap(({ name, refuses }) => (refuses ? [{ refuses, draw: drawFor(name) }] : []))
  const bends: Bends = Object.assign({}, ...acts.map(({ name, bends }) => bends?.(drawFor(name)) ?? {}))
  await using gate = await gateBefore(
    cluster.desk.path('kubeconfig'),
    () => refusing.map(({ refuses, draw }) => refuses(draw)).find((refusal) => refusal !== undefined),
    bends,
  )
  cluster.desk.file('gate.kubeconfig', gate.kubeconfig)
  cluster.desk.file(
    'flatnet.yaml',
    `apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nseed: ${seed}\npods: { maxNodes: ${maxNodes} }\n`,
  )
  const over = new AbortController()
  const stage = { cluster, nodes: names, over: over.signal }
  const disturbing = acts.flatMap(({ name, begin }) => (begin ? [begin({ ...stage, draw: drawFor(name) })] : []))
  const all = ring ? ['--nodes', 'all'] : []
  const words = ['run', ...args, ...all, '--kubeconfig', 'gate.kubeconfig']
  const running = cluster.desk.start(words, {}, undefined, LONGEST_MS)
  const outcome = await running.done
  over.abort()
  await Promise.all(disturbing)
  const report = cluster.desk.has('flatnet-report/report.yaml') ? cluster.desk.report() : undefined
  return {
    world,
    result: report?.result ?? 'no report',
    broken: report ? broken(report) : [],
    because: report
      ? report.profiles.flatMap(({ failed }) => failed.map(({ id, row = '', because }) => `${id} ${row}: ${because}`))
      : [],
    counts: countsOf(report),
    left: await cluster.namespaces(),
    seconds: Math.round((performance.now() - begun) / 1000),
    outcome,
  }
}

/** A world of twelve nodes on a machine without CPU takes minutes. */
const LONGEST_MS = 900_000

function countsOf(report: Report | undefined): string {
  const sum = (kind: 'passed' | 'inconclusive' | 'skipped') =>
    (report?.profiles ?? []).reduce((all, { statistics }) => all + statistics[kind], 0)
  return `${sum('passed')} passed, ${sum('inconclusive')} not judged, ${sum('skipped')} skipped`
}

function shapeWords({ ipFamily, shape: { pods, services, mtu, domain, ttl } }: World): string {
  if (!pods || !services) return ''
  const version = ipFamily === 'ipv6' ? 6 : 4
  return `, pods ${pods[version]}, Services ${services[version]}, MTU ${mtu}, ${domain}, TTL ${ttl}`
}

/** One line about what the suite said. */
export const lineOf = (found: Catch): string => {
  const { world, result, counts, left, seconds, outcome } = found
  const { seed, nodes, maxNodes, ring, ipFamily, disturbances } = world
  const shape = `${nodes} nodes (${maxNodes} take part${ring ? ', the others in the ring' : ''}) ${ipFamily}${shapeWords(world)}`
  const word = isFalse(found) ? 'FALSE' : 'ok   '
  const remains = left.length > 0 ? `, left behind ${left.join(' ')}` : ''
  return `${word} seed ${seed}: ${shape}, ${disturbances.join(', ') || 'undisturbed'}: ${result}, exit ${outcome.code}, ${counts}, ${seconds} s${remains}`
}
