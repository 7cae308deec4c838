import { Draw } from '../../contract/draw.ts'
import type { Shape } from '../../reference/index.ts'
import { DISTURBANCES } from './disturbances.ts'

/** A healthy world, drawn by its seed: the shape of the cluster, and what happens to it during the run. */
export interface World {
  seed: number
  nodes: number
  ipFamily: 'ipv4' | 'ipv6' | 'dual'
  /** The nodes that take part whole, at most. */
  maxNodes: number
  /** Whether the other nodes take part in the ring. */
  ring: boolean
  /** What differs from the usual ranges, sizes and names. */
  shape: Partial<Shape>
  disturbances: string[]
}

/** Ranges of pods and of cluster IPs. None of them overlap, nor do they contain the addresses of nodes and of hosts outside. */
const PODS = {
  4: ['10.244', '10.42', '100.64', '172.16', '192.168'],
  6: ['fd00:10:244', 'fd12:3456:789a', '2001:db8:42'],
}
const SERVICES = {
  4: ['10.96.0.0/16', '10.43.0.0/16', '10.152.183.0/24', '172.20.0.0/14', '100.96.0.0/20'],
  6: ['fd00:10:96::/112', 'fd98:7654:3210::/108', '2001:db8:43::/120'],
}
/** IPv6 needs 1,280 bytes; a tunnel over Ethernet leaves 1,370 to 1,450 of 1,500; jumbo frames have up to 9,000. */
const MTU = [1280, 1370, 1420, 1450, 1500, 8951, 9000]
const DOMAINS = ['cluster.local', 'k8s.example', 'a.very.long.name.of.the-cluster.in.prod-7.example', 'c']
const TTL = [0, 5, 30]

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
    ring: new Draw(seed, 'ring').number(1, 2) === 1,
    shape: drawShape(new Draw(seed, 'shape')),
    disturbances: [...disturbances],
  }
}

/** One world in three has the usual shape. */
function drawShape(draw: Draw): Partial<Shape> {
  if (draw.number(1, 3) === 1) return {}
  return {
    pods: { 4: draw.one(PODS[4]), 6: draw.one(PODS[6]) },
    services: { 4: draw.one(SERVICES[4]), 6: draw.one(SERVICES[6]) },
    mtu: draw.one(MTU),
    domain: draw.one(DOMAINS),
    ttl: draw.one(TTL),
  }
}
