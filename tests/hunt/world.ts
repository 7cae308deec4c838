import { Draw } from '../../contract/draw.ts'
import { DISTURBANCES } from './disturbances.ts'

/** A healthy world, drawn by its seed: the shape of the cluster, and what happens to it during the run. */
export interface World {
  seed: number
  nodes: number
  ipFamily: 'ipv4' | 'ipv6' | 'dual'
  /** The nodes that take part at most. */
  maxNodes: number
  disturbances: string[]
}

/** Most disturbances at the same time. With more of them, nearly every row is inconclusive, and nothing is hunted. */
const AT_ONCE = 3

export function drawWorld(seed: number): World {
  const draw = new Draw(seed, 'world')
  const nodes = draw.number(1, 12)
  const names = Object.keys(DISTURBANCES)
  const disturbances = new Set(Array.from({ length: draw.number(0, AT_ONCE) }, () => draw.one(names)))
  return {
    seed,
    nodes,
    ipFamily: draw.one(['ipv4', 'ipv4', 'ipv6', 'dual'] as const),
    maxNodes: draw.number(1, Math.min(nodes, 3)),
    disturbances: [...disturbances],
  }
}
