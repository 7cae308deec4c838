import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import type { Images } from './kubelet/image.ts'
import type { IpFamily } from './network/addresses.ts'
import { plainEnvironment } from './network/commands.ts'
import { inWorld } from './network/world.ts'
import { builtProgram } from './programs.ts'

export type { IpFamily } from './network/addresses.ts'
export { preflight } from './preflight.ts'

/** What a reference cluster may be told. */
export interface ReferenceOptions {
  /** How many nodes; 3 unless told. */
  readonly nodes?: number
  readonly ipFamily?: IpFamily
  /** Images besides `node:*`, each a program of the host. */
  readonly images?: Images
  /** Whether it outlives the process that starts it. */
  readonly stays?: boolean
}

/** What the process that holds a cluster says of it once it answers. */
export interface ReferenceReport {
  readonly kubeconfig: string
  readonly nodes: readonly string[]
  readonly nodeShell: Record<string, string[]>
}

/** A running reference cluster. */
export interface Reference {
  /** The text of a kubeconfig. */
  readonly kubeconfig: string
  readonly nodeNames: readonly string[]
  /** The words to put before a command to run it in a node's root namespace, by node name. */
  readonly nodeShell: Readonly<Record<string, readonly string[]>>
  /** The first of its processes; the others descend from it. */
  readonly pid: number
  stop(): Promise<void>
}

/**
 * Starts a reference cluster in processes of its own; it goes when any of the few that hold it goes, or this one, unless it
 * `stays`: then it goes when its first process is killed.
 */
export async function startReference(
  options: ReferenceOptions & { readonly onLine?: (line: string) => void } = {},
): Promise<Reference> {
  const { onLine = () => {}, ...told } = options
  const program = [process.execPath, ...memory, builtProgram('cluster'), JSON.stringify(told)]
  const [command = '', ...words] = inWorld(program)
  const { stays = false } = options
  const holder = spawn(command, words, {
    env: plainEnvironment,
    detached: stays,
    stdio: ['ignore', 'ignore', stays ? 'ignore' : 'pipe', 'ipc'],
  })
  const exit = once(holder, 'exit')
  const said: string[] = []
  if (holder.stderr)
    createInterface({ input: holder.stderr }).on('line', (line) => {
      said.push(line)
      onLine(line)
    })
  const failed = exit.then(() => {
    throw new Error(`the reference cluster did not start: ${said.join('\n') || 'it ended without a word'}`)
  })
  // A socket stays where it was made: this one lets the host into a world that has no way in.
  const listener = createServer().listen(0, '127.0.0.1')
  await once(listener, 'listening')
  holder.send('listener', listener, () => listener.close())
  const [report] = await Promise.race([once(holder, 'message'), failed])
  failed.catch(() => {})
  if (stays) {
    holder.disconnect()
    holder.unref()
  }
  const { kubeconfig, nodes, nodeShell } = report as ReferenceReport
  return {
    ...{ kubeconfig, nodeNames: nodes, nodeShell, pid: holder.pid ?? 0 },
    stop: async () => {
      if (holder.connected) holder.disconnect()
      await exit
    },
  }
}

const memory = ['--max-semi-space-size=4', '--max-old-space-size=256']
