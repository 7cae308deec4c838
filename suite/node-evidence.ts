import { isIP } from 'node:net'
import { lookAt } from '../cluster/nodes/look.ts'
import { type Traced, traceOn } from '../cluster/nodes/trace.ts'
import { Workbench } from '../cluster/workbench.ts'
import { type Planned, show } from '../contract/conversation.ts'
import { sentence } from '../contract/errors.ts'
import type { NodeEvidence } from '../contract/media.ts'
import type { Path } from '../contract/path.ts'
import type { ProbeRef, Topology } from '../contract/topology.ts'

import type { Cause } from '../reports/cause.ts'

type Dial = Planned['dial']

/** How many causes are looked at, and on how many nodes each. */
const CAUSES = 3
const NODES = 3
/** How often the conversation is repeated: some faults meet only a part of the packets. */
const TIMES = 4
const DEADLINE_MS = 2_000

/** A conversation that can be repeated. */
interface Repeatable {
  from: ProbeRef
  dial: Dial
}

/**
 * Repeats a conversation of each cause, and lets the nodes at its ends say what they do with its packets: which rule drops or rewrites
 * them, and their routes, neighbours, tracked connections, drops and offloads. Only nodes on which commands can be run are asked.
 * @param signal ends it before the next cause.
 */
export async function nodeEvidence(
  causes: readonly Cause[],
  topology: Topology,
  signal: AbortSignal,
): Promise<NodeEvidence[]> {
  const bench = new Workbench(topology)
  const found: NodeEvidence[] = []
  for (const cause of causes.slice(0, CAUSES)) {
    if (signal.aborted) break
    const again = cause.example && repeatable(cause.example, topology)
    if (cause.example && again) found.push(...(await evidenceOf(cause, cause.example, again, bench)))
  }
  return found
}

/** The nodes that are asked about the first causes: those that the causes name, and those at the ends of their examples. */
export const suspectsOf = (causes: readonly Cause[]): string[] => [
  ...new Set(
    causes
      .slice(0, CAUSES)
      .flatMap(({ nodes, example }) => [...nodes, example?.from.node ?? '', example?.to.node ?? ''].slice(0, NODES))
      .filter(Boolean),
  ),
]

/** The conversation of a path, if both of its ends still stand. */
function repeatable(path: Path, { pods, service, nodes }: Topology): Repeatable | undefined {
  const from = pods.find(({ name }) => name === path.from.name)?.containers[0]
  const to = pods.find(({ name }) => name === path.to.name)?.containers[0]
  const isOfFamily = (ip: string) => ip.includes(':') === (path.family === 'IPv6')
  const host =
    path.via === 'virtual IP'
      ? service?.ips.find(isOfFamily)
      : path.via === 'node port'
        ? nodes.find(({ name }) => name === path.to.node)?.internalIPs.find(isOfFamily)
        : path.via === 'pod IP' || path.via === 'node address'
          ? to?.ips.find(isOfFamily)
          : undefined
  const { protocol, port, localPort, request, answer } = path
  if (!from || host === undefined || protocol.startsWith('DNS')) return undefined
  const sizes = { ...(request && { request }), ...(answer && { answer }) }
  const dial: Dial = {
    ...{ protocol: protocol as Dial['protocol'], host, port, deadline: DEADLINE_MS },
    ...(Object.keys(sizes).length > 0 && protocol !== 'HTTP' && { sizes }),
    ...(localPort !== undefined &&
      localPort > 1_023 &&
      localPort !== 7_000 && { localPorts: { first: localPort, last: localPort + 99 } }),
  }
  return { from, dial }
}

async function evidenceOf(
  { says, nodes }: Cause,
  { from: { name }, to }: Path,
  { from, dial }: Repeatable,
  bench: Workbench,
): Promise<NodeEvidence[]> {
  const { cluster, run } = bench.topology
  const { protocol, host, port } = dial
  const ip = from.ips.find((own) => own.includes(':') === host.includes(':')) ?? ''
  // They become part of shell scripts, and the address of a node is whatever its kubelet says.
  if (isIP(ip) === 0 || isIP(host) === 0) return []
  const traced: Traced = { ip, host, port, transport: protocol === 'UDP' ? 'UDP' : 'TCP' }
  const suspects = [...new Set([from.node, to.node, ...nodes])].filter(
    (node) => (cluster.nodeShell[node] ?? []).length > 0,
  )
  const traces = await Promise.all(
    suspects.slice(0, NODES).map(async (node) => {
      try {
        return { node, trace: await traceOn(cluster, node, run, traced) }
      } catch (error) {
        return { node, problem: sentence(error) }
      }
    }),
  )
  try {
    await bench.dial(from, Array<Dial>(TIMES).fill(dial)).catch(() => undefined)
    return await Promise.all(
      traces.map(async ({ node, trace, problem }) => {
        const [read, looks] = await Promise.all([
          trace?.read().catch((error: unknown) => ({ hits: [], text: sentence(error) })),
          lookAt(cluster, node, traced),
        ])
        return {
          ...{ cause: says, node, conversation: `${protocol} from ${name} to ${show({ ip: host, port })}` },
          rules: (read?.hits ?? []).map(({ chain, rule, verdict }) => tell(node, chain, rule, verdict)),
          looks: { ...looks, trace: problem ?? (read?.text ?? '').slice(0, 20_000) },
        }
      }),
    )
  } finally {
    await Promise.all(traces.map(({ trace }) => trace?.end().catch(() => undefined)))
  }
}

const DID = { drop: 'drops it', reject: 'refuses it', translated: 'rewrites it' } as const

const tell = (node: string, chain: string, rule: string, verdict: keyof typeof DID): string =>
  `On ${node} the rule "${rule}" of ${chain} ${DID[verdict]}.`
