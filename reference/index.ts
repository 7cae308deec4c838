import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Images } from './kubelet/image.ts'
import type { IpFamily } from './network/addresses.ts'
import { plainEnvironment } from './network/commands.ts'
import { inWorld } from './network/world.ts'
import { builtProgram } from './programs.ts'
import { type Shape, shapeVariable } from './shape.ts'

export type { IpFamily } from './network/addresses.ts'
export { preflight } from './preflight.ts'
export type { Shape } from './shape.ts'

/** The options of a reference cluster. */
export interface ReferenceOptions {
  /** How many nodes; 3 by default. */
  readonly nodes?: number
  /** `ipv4` by default. */
  readonly ipFamily?: IpFamily
  /** Images in addition to `node:*`: a program of the host for each. */
  readonly images?: Images
  /** What differs from the usual shape. */
  readonly shape?: Partial<Shape>
  /** Whether the cluster stays when the process that starts it ends. */
  readonly stays?: boolean
}

/** A host outside the cluster. */
export interface OutsideHost {
  /** The addresses at which it serves clients, one for each IP family of the cluster. */
  readonly ips: readonly string[]
  /** The words to put before a command to run it on that host. */
  readonly shell: readonly string[]
}

/** The hosts outside the cluster. */
export interface OutsideHosts {
  /** On the network between the nodes, without a route to pods. */
  readonly lan: OutsideHost
  /** Behind the gateway, without a route to nodes and pods. */
  readonly internet: OutsideHost
  /** With routes to pods; nodes do not masquerade packets to its range. */
  readonly routed: OutsideHost
  /** The internet gateway; `external` are its addresses on the side of the internet. */
  readonly gateway: OutsideHost & { readonly external: readonly string[] }
}

/** What the server process of a cluster reports once its API answers. */
export interface ReferenceReport {
  readonly kubeconfig: string
  readonly nodes: readonly string[]
  readonly nodeShell: Record<string, string[]>
  readonly outside: OutsideHosts
}

/** A running reference cluster. */
export interface Reference {
  /** The text of a kubeconfig. */
  readonly kubeconfig: string
  readonly nodeNames: readonly string[]
  /** The words to put before a command to run it in a node's root namespace, by node name. */
  readonly nodeShell: Readonly<Record<string, readonly string[]>>
  readonly outside: OutsideHosts
  /** The first process of the cluster. All others descend from it. */
  readonly pid: number
  stop(): Promise<void>
}

/** How many of its last lines tell why a cluster ended. */
const LAST_LINES = 12

/** Functions that hear what the cluster says: each line of its stderr, and why it ended if it was not stopped. */
interface Listeners {
  readonly onLine?: (line: string) => void
  readonly onEnd?: (why: string) => void
}

/**
 * Starts a reference cluster in processes of its own. The cluster ends when this process ends, or when one of the three
 * processes that hold it is killed. A cluster that `stays` ends only when one of these three is killed.
 * @throws Error with what the cluster wrote to stderr when it does not start.
 */
export async function startReference(options: ReferenceOptions & Listeners = {}): Promise<Reference> {
  const { onLine = () => {}, onEnd = () => {}, ...clusterOptions } = options
  const { stays = false, shape = {} } = options
  const program = [process.execPath, ...memory, builtProgram('cluster'), JSON.stringify(clusterOptions)]
  const [command = '', ...words] = inWorld(program)
  const holder = spawn(command, words, {
    env: { ...plainEnvironment, [shapeVariable]: JSON.stringify(shape) },
    detached: stays,
    stdio: ['ignore', 'ignore', stays ? 'ignore' : 'pipe', 'ipc'],
  })
  const exit = once(holder, 'exit')
  const stderr: string[] = []
  if (holder.stderr)
    createInterface({ input: holder.stderr }).on('line', (line) => {
      stderr.push(line)
      onLine(line)
    })
  const failed = exit.then(() => {
    throw new Error(`the reference cluster did not start: ${stderr.join('\n') || 'it ended without a message'}`)
  })
  // A socket stays in the network namespace where it was made. This one is made on the host, so the host can connect to
  // it.
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  holder.send('listener', listener, () => listener.close())
  const [report] = await Promise.race([once(holder, 'message'), failed])
  failed.catch(() => {})
  let stopping = false
  void exit.then(([code, signal]) => {
    const last = stderr.slice(-LAST_LINES).join('\n')
    if (!stopping)
      onEnd(`the reference cluster ended by itself (${signal ?? `exit code ${code}`})${last && `: ${last}`}`)
  })
  if (stays) {
    holder.disconnect()
    holder.unref()
  }
  const { kubeconfig, nodes, nodeShell, outside } = report as ReferenceReport
  return {
    kubeconfig,
    nodeNames: nodes,
    nodeShell,
    outside,
    pid: holder.pid ?? 0,
    stop: async () => {
      stopping = true
      if (holder.connected) holder.disconnect()
      await exit
    },
  }
}

const memory = ['--max-semi-space-size=4', '--max-old-space-size=256']
