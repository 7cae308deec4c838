import type { Layout } from '../../contract/layout.ts'
import type { Trail } from './trail.ts'

/** A box of the drawing. `text`: lines under its name. */
export interface Box {
  x: number
  y: number
  width: number
  height: number
  name: string
  text: string[]
  kind: 'node' | 'pod' | 'outside' | 'service' | 'gateway'
  /** Where lines begin: below a pod or a node, above a box of the lowest row. */
  anchor: { x: number; y: number }
  isInvolved: boolean
}

/** The drawing as plain data: boxes, the line of the nodes' network, and the two ends of the conversation in it. */
export interface Drawing {
  boxes: Box[]
  bus: number
  height: number
  from: Box | undefined
  to: Box | undefined
  /** The nodes that are not drawn. */
  left: number
}

export const WIDTH = 960
const [GAP, POD, ROW] = [20, 40, 46] as const
/** The largest number of nodes, so that an address fits into each. */
const NODES = 3

/** Places the cluster on a drawing: nodes with pods, their network below them, and hosts outside below that. */
export function place(layout: Layout, trail: Trail | undefined): Drawing {
  const involved = [trail?.path.from.node, trail?.target.node].filter((node) => node)
  const order = [...layout.nodes].sort((a, b) => Number(involved.includes(b.name)) - Number(involved.includes(a.name)))
  const shown = order.slice(0, NODES).sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
  const width = (WIDTH - GAP * (Math.max(1, shown.length) - 1)) / Math.max(1, shown.length)
  const rows = Math.max(1, ...shown.map(({ name }) => Math.ceil(podsOn(layout, name, trail).length / 2)))
  const bottom = 78 + rows * ROW
  const nodes = shown.map(
    ({ name, ips, podCIDRs }, i): Box => ({
      ...{ x: i * (width + GAP), y: 0, width, height: bottom, name, kind: 'node' },
      text: [ips.length > 0 ? `node ${ips.join(' ')}` : '', podCIDRs.length > 0 ? `pods ${podCIDRs.join(' ')}` : ''],
      anchor: { x: i * (width + GAP) + width / 2, y: bottom },
      isInvolved: involved.includes(name),
    }),
  )
  const pods = nodes.flatMap((node) => podBoxes(layout, node, trail))
  const bus = bottom + (trail ? 84 : 30)
  const lowest = lowestRow(layout, bus + 34, trail)
  const boxes = [...nodes, ...pods, ...lowest]
  const end = (kind: string, name: string, node: string) =>
    boxes.find((box) => box.kind === 'pod' && box.name === name) ??
    boxes.find((box) => box.kind === 'node' && box.name === node) ??
    boxes.find((box) => box.kind === kind && (box.name === name || kind === 'service'))
  return {
    ...{ boxes, bus, height: bus + (lowest.length > 0 ? 100 : 20), left: layout.nodes.length - shown.length },
    from: trail && end(trail.path.from.kind, trail.path.from.name, trail.path.from.node),
    to: trail && end(trail.path.to.kind, trail.target.name, trail.target.node),
  }
}

/** The pods of a node: the ends of the conversation come last, so that lines from them cross no other pod. */
function podsOn(layout: Layout, node: string, trail: Trail | undefined): Layout['pods'] {
  const ends = [trail?.path.from, trail && { ...trail.target, kind: trail.path.to.kind }].flatMap((end) =>
    end && end.node === node && (end.kind === 'pod' || end.kind === 'host pod') ? [end.name] : [],
  )
  const own = layout.pods.filter((pod) => pod.node === node)
  const others = own.filter(({ name }) => !ends.includes(name)).slice(0, 4)
  const last = [...new Set(ends)].map(
    (name) => own.find((pod) => pod.name === name) ?? { name, node, role: '', ips: [] },
  )
  // An even number before the last ones keeps these in one row.
  return [...others.slice(0, others.length - ((others.length + last.length) % 2)), ...last]
}

function podBoxes(layout: Layout, node: Box, trail: Trail | undefined): Box[] {
  const pods = podsOn(layout, node.name, trail)
  const width = (node.width - 36) / 2
  const skipped = Math.floor((node.height - 78) / ROW) - Math.ceil(pods.length / 2)
  return pods.map(({ name, ips }, i) => {
    const x = node.x + 12 + (i % 2) * (width + 12)
    const y = 70 + (Math.floor(i / 2) + skipped) * ROW
    return {
      ...{ x, y, width, height: POD, name, text: [ips[0] ?? ''], kind: 'pod' },
      anchor: { x: x + 18, y: y + POD },
      isInvolved: name === trail?.path.from.name || name === trail?.target.name,
    }
  })
}

/** Services, which no interface has, and the hosts outside the cluster. */
function lowestRow(layout: Layout, y: number, trail: Trail | undefined): Box[] {
  const how = { observer: 'observer', routed: 'has routes to pods', internet: 'behind the gateway' }
  const hosts = layout.outside.map((host) => ({
    ...{ name: host.name, text: [how[host.role], host.ips.join(' ')], kind: 'outside' as const, role: host.role },
  }))
  const gateway = {
    name: 'internet gateway',
    text: ['puts its own address', layout.gateway?.join(' ') ?? ''],
    role: '',
  }
  const all = [
    ...(layout.service
      ? [
          {
            name: 'Services',
            text: ['translated on each node', `standing ${layout.service.join(' ')}`],
            kind: 'service' as const,
            role: '',
          },
        ]
      : []),
    ...hosts.filter(({ role }) => role !== 'internet'),
    ...(layout.gateway ? [{ ...gateway, kind: 'gateway' as const }] : []),
    ...hosts.filter(({ role }) => role === 'internet'),
  ]
  const width = Math.min(230, (WIDTH - GAP * (all.length - 1)) / Math.max(1, all.length))
  return all.map(({ name, text, kind }, i) => ({
    ...{ x: i * (width + GAP), y, width, height: 62, name, text, kind },
    anchor: { x: i * (width + GAP) + 18, y },
    isInvolved:
      name === trail?.path.from.name ||
      name === trail?.target.name ||
      (kind === 'service' && trail?.path.to.kind === 'service'),
  }))
}
