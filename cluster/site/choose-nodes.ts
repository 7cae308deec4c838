import type { V1Node } from '@kubernetes/client-node'
import { Trouble, UsageError } from '../../contract/errors.ts'
import type { Settings } from '../../contract/settings.ts'
import type { NodeRef } from '../../contract/topology.ts'
import { noNodeFits } from './discover.ts'
import { nodeRef, sample, unfit } from './nodes.ts'

/** The nodes of a run. */
export interface Chosen {
  /** Those with all kinds of pods. Scenarios create their own pods there. */
  sampled: NodeRef[]
  /** Those with a single pod that talks to the pods of its neighbours, to a Service and to DNS. */
  ring: NodeRef[]
}

/**
 * Chooses the nodes by `--nodes`: at most `pods.maxNodes` of those that can take part, evenly over the list, or at most so many, or
 * those with these names. `all`: every node takes part, those outside the sample in the ring.
 * @throws UsageError if `--nodes` names a node that the cluster does not have.
 * @throws Trouble if no node can take part, or if a named one cannot.
 */
export function chooseNodes(nodes: readonly V1Node[], { nodes: wanted, pods }: Settings): Chosen {
  const why = (node: V1Node) => `${node.metadata?.name} ${unfit(node, pods)}`
  const fit = nodes.filter((node) => unfit(node, pods) === undefined)
  if (fit.length === 0) throw noNodeFits(nodes.map(why))
  const most = mostOf(wanted)
  if (most !== undefined || wanted === undefined)
    return { sampled: sample(fit.map(nodeRef), most ?? pods.maxNodes), ring: [] }
  if (wanted === 'all') {
    const sampled = sample(fit.map(nodeRef), pods.maxNodes)
    const names = new Set(sampled.map(({ name }) => name))
    return { sampled, ring: fit.map(nodeRef).filter(({ name }) => !names.has(name)) }
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
