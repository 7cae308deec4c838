import type { V1Node } from '@kubernetes/client-node'
import { Trouble, UsageError } from '../../contract/errors.ts'
import type { Settings } from '../../contract/settings.ts'
import { segment, shardOf } from '../../contract/shard.ts'
import type { Division, NodeRef } from '../../contract/topology.ts'
import { noNodeFits } from './discover.ts'
import { nodeRef, sample, unfit } from './nodes.ts'

/** The nodes of a run. */
export interface Chosen {
  /** Those with all kinds of pods. Scenarios create their own pods there. */
  sampled: NodeRef[]
  /** Those with a single pod that talks to the pods of its neighbours, to a Service and to DNS. */
  ring: NodeRef[]
  /** How the nodes are divided, if this is one shard of a run in which every node takes part. */
  division?: Division
}

/**
 * Chooses the nodes by `--nodes`: at most `pods.maxNodes` of those that can take part, evenly over the list, or at most so many, or
 * those with these names. `all`: every node takes part, those outside the sample in the ring.
 * @throws UsageError if `--nodes` names a node that the cluster does not have.
 * @throws Trouble if no node can take part, or if a named one cannot.
 */
export function chooseNodes(nodes: readonly V1Node[], { nodes: wanted, pods, shard }: Settings): Chosen {
  const why = (node: V1Node) => `${node.metadata?.name} ${unfit(node, pods)}`
  const fit = nodes.filter((node) => unfit(node, pods) === undefined)
  if (fit.length === 0) throw noNodeFits(nodes.map(why))
  const most = mostOf(wanted)
  if (most !== undefined || wanted === undefined)
    return { sampled: sample(fit.map(nodeRef), most ?? pods.maxNodes), ring: [] }
  if (wanted === 'all') {
    const sampled = sample(fit.map(nodeRef), pods.maxNodes)
    const names = new Set(sampled.map(({ name }) => name))
    const ring = fit.map(nodeRef).filter(({ name }) => !names.has(name))
    return shard === undefined ? { sampled, ring } : divided(sampled, ring, fit.map(nodeRef), pods.neighbours, shard)
  }
  const named = namesOf(wanted).map((name) => {
    const node = nodes.find(({ metadata }) => metadata?.name === name)
    if (node) return node
    const known = nodes.map(({ metadata }) => metadata?.name).slice(0, 5)
    throw new UsageError(
      `--nodes: the cluster has no node ${name}; expected all, a number, or names such as ${known.join(', ')}.`,
    )
  })
  const bad = named.filter((node) => unfit(node, pods) !== undefined)
  if (bad.length > 0) throw new Trouble(`--nodes asks for nodes that cannot take part: ${bad.map(why).join('; ')}.`)
  return { sampled: named.map(nodeRef), ring: [] }
}

/** The part of the nodes that one shard asks, and of the ring, the nodes that they talk to. */
function divided(
  sampled: NodeRef[],
  ring: readonly NodeRef[],
  all: readonly NodeRef[],
  neighbours: number,
  shard: string,
): Chosen {
  const part = shardOf(shard)
  const order = all.map(({ name }) => name)
  if (!part || part.of > order.length)
    throw new UsageError(`--shard ${shard}: only ${order.length} nodes take part; expected at most as many shards.`)
  const own = segment(order, part)
  const first = order.indexOf(own[0] ?? '')
  const reach = Math.ceil(Math.min(order.length - 1, neighbours) / 2)
  const met = new Set(
    Array.from({ length: own.length + 2 * reach }, (_, i) => order[(first - reach + i + order.length) % order.length]),
  )
  return { sampled, ring: ring.filter(({ name }) => met.has(name)), division: { order, own } }
}

/**
 * The settings of a run that may not list nodes: the number of `--nodes` limits those that the scheduler finds.
 * @throws UsageError if `--nodes` needs the list.
 */
export function withoutList({ nodes: wanted, pods }: Settings): { maxNodes: number } {
  const most = mostOf(wanted)
  if (wanted !== undefined && most === undefined)
    throw new UsageError(`--nodes ${wanted}: these credentials may not list nodes; expected a number.`)
  return { maxNodes: most ?? pods.maxNodes }
}

const mostOf = (wanted: Settings['nodes']): number | undefined =>
  wanted !== undefined && /^\d+$/.test(`${wanted}`) ? Number(wanted) : undefined

const namesOf = (wanted: Settings['nodes']): string[] => [
  ...new Set(
    `${wanted}`
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
]
