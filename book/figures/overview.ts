import { type Html, html } from '../../contract/html.ts'
import { arrow, box, label, line, named, picture } from './draw.ts'
import { hostOf } from './ways.ts'
import type { NodeWithPod, Seen, World } from './world.ts'

const NODE = { w: 170, h: 178 }

/** A node with two pods, its bridge and its range. */
function nodeAt(x: number, node: NodeWithPod, second: string): Html {
  const middle = x + NODE.w / 2
  const pod = (at: number, name: string, address: string) =>
    html`${named({ x: at, y: 44, w: 74, h: 44, kind: 'pod' }, name, address)}${line([at + 37, 88], [at + 37, 116])}`
  return html`${box({ x, y: 4, ...NODE, kind: 'frame' })}${label(middle, 20, node.name, 'name', 'middle')}${label(
    middle,
    36,
    node.range && `pods ${node.range}`,
    'note',
    'middle',
  )}${pod(x + 8, 'pod', node.podAddress)}${pod(x + 88, 'pod', second)}${label(x + 50, 106, 'veth')}${named(
    { x: x + 8, y: 116, w: NODE.w - 16, h: 26, kind: 'node' },
    'bridge and routes',
  )}${label(middle, 162, node.address, 'address', 'middle')}${line([middle, NODE.h + 4], [middle, NODE.h + 24])}`
}

/** A second pod of a node: its address is the next but one. */
const neighbour = (address: string) =>
  address.replace(/([\da-f]+)$/i, (last) => (address.includes(':') ? `${last}2` : `${Number(last) + 3}`))

/** The whole network: two nodes with their pods, and what is outside. */
export function overview({ from, to }: World, egress: Seen): Html {
  const external = hostOf(egress.server.peer)
  const internet = hostOf(egress.server.local)
  const body = html`${nodeAt(4, from, neighbour(from.podAddress))}${nodeAt(186, to, neighbour(to.podAddress))}${line(
    [20, 206],
    [340, 206],
    'wire thick',
  )}${label(180, 224, 'network of the nodes', 'note', 'middle')}${line([60, 206], [60, 246])}${line([240, 206], [240, 246])}${named(
    { x: 8, y: 246, w: 130, h: 44, kind: 'outside' },
    'client outside',
    'dials a node',
  )}${named({ x: 160, y: 246, w: 192, h: 44, kind: 'outside' }, 'gateway', external)}${arrow([256, 290], [256, 317])}${named(
    { x: 160, y: 318, w: 192, h: 44, kind: 'outside' },
    'internet',
    internet,
  )}`
  const desc = `Two nodes, ${from.name} and ${to.name}, each with two pods. Each pod is joined by a veth pair to the bridge of its node. The nodes are joined by a network. On this network are also a client outside the cluster, and a gateway to the internet.`
  return picture('overview', { h: 368 }, 'The network of a cluster', desc, body)
}
