import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Draw } from '../../contract/draw.ts'
import type { Refusal } from '../acceptance/fake-api.ts'
import type { Bends } from '../acceptance/gate.ts'
import type { Standing } from '../acceptance/standing.ts'

/** What a disturbance gets. `over` settles when the run ends. */
export interface Stage {
  cluster: Standing
  nodes: readonly string[]
  draw: Draw
  over: AbortSignal
}

/** What happens to a healthy cluster, to its API or to the machine. A suite must not blame the network for it. */
export interface Disturbance {
  /** Begins it; settles at once or when the run is over. */
  begin?: (stage: Stage) => Promise<void>
  /** What the gate before the API does. */
  bends?: (draw: Draw) => Bends
  /** Whether the API refuses this request for now. */
  refuses?: (draw: Draw) => Refusal | undefined
}

const until = (ms: number, over: AbortSignal) =>
  delay(ms, undefined, { signal: over }).then(
    () => true,
    () => false,
  )

/** A pod of the run, once there is one. */
const somePod = async ({ cluster, draw }: Stage) => {
  const { items } = await cluster.core.listPodForAllNamespaces()
  const own = items.filter(({ metadata }) => metadata?.namespace?.startsWith('flatnet-'))
  return own.length > 0 ? draw.one(own) : undefined
}

/** From the begin of a run until a disturbance in the middle of it, in milliseconds. */
const middle = (draw: Draw) => draw.number(2_000, 20_000)

const perhaps = (draw: Draw, percent: number) => draw.number(1, 100) <= percent

export const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  // Between nodes each packet passes two of these rules, so 2 % are lost.
  'packets lost': {
    begin: async ({ cluster, nodes, over }) => {
      const faults = await Promise.all(
        nodes.map((node) =>
          cluster.fault(node, 'filter hook forward priority -200; policy accept;', 'numgen random mod 100 < 1 drop'),
        ),
      )
      await until(600_000, over)
      await Promise.all(faults.map((fault) => fault[Symbol.asyncDispose]()))
    },
  },
  'slow API': { bends: (draw) => ({ delay: () => draw.number(20, 400) }) },
  'watches cut': { bends: (draw) => ({ cutWatch: () => draw.number(200, 5_000) }) },
  'streams cut': {
    bends: (draw) => ({ cutStream: () => (perhaps(draw, 20) ? draw.number(2_000, 20_000) : undefined) }),
  },
  'API restarted': { bends: (draw) => ({ down: { after: middle(draw), for: draw.number(500, 5_000) } }) },
  'API too busy': {
    refuses: (draw) =>
      perhaps(draw, 3)
        ? { code: 429, reason: 'TooManyRequests', message: 'too many requests, please try again later', retryAfter: 1 }
        : undefined,
  },
  'API fails': {
    refuses: (draw) =>
      perhaps(draw, 1) ? { code: 500, reason: 'InternalError', message: 'etcdserver: request timed out' } : undefined,
  },
  'CPU taken': {
    begin: async ({ draw, over }) => {
      const loops = Array.from({ length: draw.number(1, 3) }, () => spawn('sh', ['-c', 'while :; do :; done']))
      await until(600_000, over)
      for (const loop of loops) loop.kill('SIGKILL')
    },
  },
  'proxy with pauses': {
    begin: async ({ cluster, nodes, draw, over }) => {
      const node = draw.one(nodes)
      const signal = (name: string) =>
        cluster.on(node, `kill -${name} $(pgrep -o -f '^kube-proxy-${node} ') 2> /dev/null || :`)
      while (!over.aborted) {
        await signal('STOP')
        await until(draw.number(500, 4_000), over)
        await signal('CONT')
        await until(draw.number(100, 1_000), over)
      }
    },
  },
  'pod deleted': {
    begin: async (stage) => {
      if (!(await until(middle(stage.draw), stage.over))) return
      const { name = '', namespace = '' } = (await somePod(stage))?.metadata ?? {}
      if (name) await stage.cluster.core.deleteNamespacedPod({ namespace, name }).catch(() => undefined)
    },
  },
  'node not Ready': {
    begin: async ({ cluster, nodes, draw, over }) => {
      if (!(await until(middle(draw), over))) return
      const name = draw.one(nodes)
      const node = await cluster.core.readNode({ name })
      const conditions = [
        ...(node.status?.conditions ?? []).filter(({ type }) => type !== 'Ready'),
        { type: 'Ready', status: 'Unknown', reason: 'Hunt', message: 'the kubelet stopped posting its status' },
      ]
      await cluster.core.replaceNodeStatus({
        name,
        body: { ...node, metadata: { name }, status: { ...node.status, conditions } },
      })
    },
  },
  'node cordoned': {
    begin: async ({ cluster, nodes, draw, over }) => {
      if (!(await until(middle(draw), over))) return
      const name = draw.one(nodes)
      const { metadata, spec, status } = await cluster.core.readNode({ name })
      await cluster.core.replaceNode({
        name,
        body: { metadata: metadata ?? {}, spec: { ...spec, unschedulable: true }, ...(status && { status }) },
      })
    },
  },
}
