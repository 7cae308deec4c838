import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Images } from './kubelet/image.ts'
import type { IpFamily } from './network/addresses.ts'
import { siblingProgram } from './sibling.ts'

export type { IpFamily } from './network/addresses.ts'
export { preflight } from './preflight.ts'

/** What a reference cluster may be told. */
export interface ReferenceOptions {
  /** How many nodes; 3 unless told. */
  readonly nodes?: number
  readonly ipFamily?: IpFamily
  /** Images besides `node:*`, each a program of the host. */
  readonly images?: Images
  /** Whether it outlives the process that starts it, until SIGTERM. */
  readonly stays?: boolean
}

/** What the process that holds a cluster says of it once it answers. */
export interface ReferenceReport {
  readonly kubeconfig: string
  readonly nodes: readonly string[]
  readonly nodeShell: Record<string, string[]>
  readonly pid: number
}

/** A running reference cluster. */
export interface Reference {
  /** The text of a kubeconfig. */
  readonly kubeconfig: string
  readonly nodeNames: readonly string[]
  /** The words to put before a command to run it in a node's root namespace, by node name. */
  readonly nodeShell: Readonly<Record<string, readonly string[]>>
  stop(): Promise<void>
}

/** Starts a reference cluster that stays: `pid` is the process to end with SIGTERM. */
export async function standReference(options: ReferenceOptions = {}): Promise<ReferenceReport> {
  const told = JSON.stringify({ ...options, stays: true })
  const holder = spawn(process.execPath, [siblingProgram(import.meta.url, 'main'), told], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const failed = once(holder, 'exit').then(() => {
    throw new Error('the reference cluster did not start')
  })
  const [line] = await Promise.race([once(createInterface({ input: holder.stdout }), 'line'), failed])
  failed.catch(() => {})
  holder.unref()
  holder.stdout.destroy()
  return { ...(JSON.parse(line) as ReferenceReport), pid: holder.pid ?? 0 }
}

/** Starts a reference cluster in a process of its own; it goes when that process or this one goes. */
export async function startReference(
  options: ReferenceOptions & { readonly onLine?: (line: string) => void } = {},
): Promise<Reference> {
  const { onLine = () => {}, ...told } = options
  const holder = spawn(process.execPath, [siblingProgram(import.meta.url, 'main'), JSON.stringify(told)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const exit = once(holder, 'exit')
  const said: string[] = []
  createInterface({ input: holder.stderr }).on('line', (line) => {
    said.push(line)
    onLine(line)
  })
  const failed = exit.then(() => {
    throw new Error(`the reference cluster did not start: ${said.join('\n') || 'it ended without a word'}`)
  })
  const [line] = await Promise.race([once(createInterface({ input: holder.stdout }), 'line'), failed])
  failed.catch(() => {})
  const { kubeconfig, nodes, nodeShell } = JSON.parse(line) as ReferenceReport
  return {
    ...{ kubeconfig, nodeNames: nodes, nodeShell },
    stop: async () => {
      holder.stdin.end()
      await exit
    },
  }
}
