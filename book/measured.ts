import { z } from 'zod'
import { holds } from '../contract/cidr.ts'
import { type Quantiles, quantiles } from '../contract/quantiles.ts'
import type { Model, Result, RowObservation } from '../reports/model.ts'
import { judge, type Untested, type Verdict } from '../reports/verdict.ts'
import { hostOf } from './figures/ways.ts'
import { EXAMPLE, type NodeWithPod, SEEN, type Seen, type WayName, type World } from './figures/world.ts'

/** What a run has measured of one promise. */
export interface Measured {
  results: readonly Result[]
  untested: readonly Untested[]
  conversations: number
  /** Milliseconds until connections were established. */
  connectMs: Quantiles | undefined
  observations: readonly RowObservation[]
  /** One conversation as both ends saw it: of those that broke the promise, if it is broken. */
  sample: Sample | undefined
}

/** A run, as the book shows it. */
export interface Run {
  name: string
  date: string
  verdict: Verdict
  /** What is known of the cluster, as label and text. */
  cluster: readonly (readonly [string, string])[]
  promise: (id: string) => Measured | undefined
  world: World
  seen: Record<WayName, Seen>
  /** The ways whose addresses were measured in this run. */
  measuredWays: ReadonlySet<WayName>
}

const Endpoint = z
  .object({ ip: z.string(), port: z.number() })
  .transform(({ ip, port }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`))
const Flow = z.object({
  dial: z.object({ protocol: z.string() }),
  client: z.object({ local: Endpoint, remote: Endpoint }),
  server: z.object({ local: Endpoint, peer: Endpoint, identity: z.object({ pod: z.string(), node: z.string() }) }),
})
export type Sample = z.infer<typeof Flow>

const flowsOf = (results: readonly Result[]): Sample[] =>
  results.flatMap(({ evidence }) => evidence.flows.flatMap((flow) => Flow.safeParse(flow).data ?? []))

/** The facts, results and figures of a run. */
export function runOf(model: Model): Run {
  const verdict = judge(model)
  const untested = Map.groupBy([...verdict.core.untested, ...verdict.extended.untested], ({ id }) => id)
  const results = Map.groupBy(
    model.results.filter(({ status }) => status !== 'skipped'),
    ({ id }) => id,
  )
  const observations = Map.groupBy(model.observations, ({ id }) => id)
  const { world, seen } = placesIn(model)
  return {
    name: model.facts?.run ?? '',
    date: model.facts?.startedAt.slice(0, 10) ?? '',
    verdict,
    cluster: clusterOf(model),
    promise: (id) => measured(results.get(id) ?? [], untested.get(id) ?? [], observations.get(id) ?? []),
    world,
    seen: { ...SEEN, ...seen },
    measuredWays: new Set(Object.keys(seen) as WayName[]),
  }
}

function measured(
  results: readonly Result[],
  untested: readonly Untested[],
  observations: readonly RowObservation[],
): Measured | undefined {
  if (results.length + untested.length === 0) return undefined
  const broken = results.filter(({ status }) => status === 'failed')
  return {
    ...{ results, untested, observations },
    conversations: results.reduce((sum, { evidence }) => sum + evidence.flowsTotal, 0),
    connectMs: quantiles(results.flatMap(({ evidence }) => evidence.quality.connectMs)),
    sample: flowsOf(broken.length > 0 ? broken : results)[0],
  }
}

/** A word of the cluster's facts, which are open. */
const Known = z.looseObject({
  source: z.string(),
  kubernetesVersion: z.string().optional(),
  cni: z.string().optional(),
  proxyMode: z.string().optional(),
  ipFamilies: z.array(z.string()).optional(),
  podCIDRs: z.array(z.string()).optional(),
  egress: z.string().optional(),
  tested: z.array(z.string()).optional(),
})

function clusterOf({ facts }: Model): (readonly [string, string])[] {
  const known = Known.safeParse(facts?.cluster).data
  if (!known) return []
  const { source, kubernetesVersion, cni, proxyMode, ipFamilies, podCIDRs, egress, tested } = known
  const all: [string, string | undefined][] = [
    ['Cluster', source],
    ['Kubernetes', kubernetesVersion],
    ['Network plug-in', cni],
    ['Mode of kube-proxy', proxyMode],
    ['IP families', ipFamilies?.join(', ')],
    ['Pod CIDRs', podCIDRs?.join(', ')],
    ['Egress', egress],
    ['Nodes that took part', tested?.join(', ')],
  ]
  return all.flatMap(([label, text]) => (text ? [[label, text] as const] : []))
}

/** Whether a range has this address. False for text that is no range. */
function inRange(ip: string, range: string): boolean {
  try {
    return holds(range, ip)
  } catch {
    return false
  }
}

/** The addresses of each way, from conversations of passed rows; a way that this run has not measured is missing. */
function placesIn(model: Model): { world: World; seen: Partial<Record<WayName, Seen>> } {
  const ranges = Known.safeParse(model.facts?.cluster).data?.podCIDRs ?? []
  const hosts = addressesOfNodes(model.observations)
  const nodeOf = new Map<string, NodeWithPod>()
  const passed = (...ids: string[]) =>
    flowsOf(
      model.results.filter(
        ({ id, status, row }) => ids.includes(id) && status === 'passed' && !row.startsWith('the same'),
      ),
    )
  const of = (name: string, pod: string, address: string): NodeWithPod => ({
    ...{ name, pod, podAddress: address, address: hosts.get(name) ?? '' },
    range: ranges.find((range) => inRange(address, range)) ?? '',
  })
  for (const { server } of passed('P02', 'P04', 'P05')) {
    const { pod, node } = server.identity
    if (!nodeOf.has(node)) nodeOf.set(node, of(node, pod, hostOf(server.local)))
  }
  const direct = passed('P02', 'P04').find(({ client }) => ranges.some((range) => inRange(hostOf(client.local), range)))
  const home = ranges.find((range) => direct && inRange(hostOf(direct.client.local), range))
  const from = [...nodeOf.values()].find(({ range }) => range === home)
  const to = direct && nodeOf.get(direct.server.identity.node)
  if (!direct || !from || !to) return { world: EXAMPLE, seen: {} }
  const isFrom = ({ client }: Sample) => hostOf(client.local) === hostOf(direct.client.local)
  const isTo = ({ server }: Sample) => server.identity.node === to.name
  const ways = {
    pods: direct,
    service: passed('S01').find((flow) => isFrom(flow) && isTo(flow)),
    nodePort: passed('X04').find((flow) => isTo(flow) && hostOf(flow.client.remote) === from.address),
    egress: passed('E10').find(isFrom),
  }
  const seen = Object.fromEntries(Object.entries(ways).filter(([, flow]) => flow)) as Partial<Record<WayName, Seen>>
  return {
    world: {
      from: { ...from, pod: 'client', podAddress: hostOf(direct.client.local) },
      to: { ...to, podAddress: hostOf(direct.server.local) },
      isMeasured: true,
    },
    seen,
  }
}

const SourceSeen = z.object({ from: z.string(), ip: z.string(), is: z.string() })

/** The address of each node, as servers outside saw it. */
const addressesOfNodes = (observations: readonly RowObservation[]): Map<string, string> =>
  new Map(
    observations.flatMap(({ value }) => {
      const { from, ip, is } = SourceSeen.safeParse(value).data ?? {}
      return from && ip && is === `the address of ${from}` ? [[from, ip] as const] : []
    }),
  )
