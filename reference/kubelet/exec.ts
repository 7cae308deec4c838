import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { codeOf, plainEnvironment } from '../network/commands.ts'

/** What a command needs to run in a container. */
export interface RunningContainer {
  /** The container's first process, as the world numbers it. */
  readonly pid: number
  readonly environment: Readonly<Record<string, string>>
  readonly workingDirectory: string
  readonly capabilities: string
}

/**
 * Runs a command in a container's namespaces until it ends or the signal aborts. Gives its exit code; 126 when it
 * cannot start.
 */
export async function execIn(
  running: RunningContainer,
  argv: readonly string[],
  io: { stdin?: Readable; stdout: Writable; stderr: Writable },
  signal: AbortSignal,
): Promise<number> {
  const child = spawn('nsenter', [...enter(running), ...argv], {
    env: plainEnvironment,
    stdio: [io.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  const stop = () => killChildOf(child)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const end = new Promise<number>((resolve) => {
    child.on('error', () => resolve(126))
    child.on('close', (code, name) => resolve(code ?? codeOf(name)))
  })
  child.stdin?.on('error', () => {})
  if (child.stdin) io.stdin?.pipe(child.stdin)
  child.stdout?.pipe(io.stdout, { end: false })
  child.stderr?.pipe(io.stderr, { end: false })
  return end.finally(() => signal.removeEventListener('abort', stop))
}

/** The words before a command: nsenter's own, and the programs that give the command the container's limits. */
function enter({ pid, environment, workingDirectory, capabilities }: RunningContainer): string[] {
  const namespaces = ['--target', String(pid), '--mount', '--pid', '--uts', '--ipc', '--net', '--']
  const limits = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--bounding-set', capabilities]
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
  return [...namespaces, ...limits, '/usr/bin/setsid', '/usr/bin/env', '-i', '-C', workingDirectory, ...variables]
}

/**
 * Kills the only child of nsenter, with all processes that the child has started. If nsenter itself were killed, the
 * child would be left to the host's first process, which may reap it late.
 */
function killChildOf(nsenter: ChildProcess): void {
  try {
    const child = Number(readFileSync(`/proc/${nsenter.pid}/task/${nsenter.pid}/children`, 'utf8'))
    if (child > 0) return void process.kill(-child, 'SIGKILL')
  } catch {
    // The child or nsenter has ended.
  }
  nsenter.kill('SIGKILL')
}

/** Runs a command in a container for at most some milliseconds. Gives its exit code and its output. */
export async function execFor(
  running: RunningContainer,
  argv: readonly string[],
  milliseconds: number,
): Promise<{ code: number; output: string; timedOut: boolean }> {
  const limit = AbortSignal.timeout(milliseconds)
  const output = new PassThrough()
  const written = text(output)
  const code = await execIn(running, argv, { stdout: output, stderr: output }, limit)
  output.end()
  return { code, output: await written, timedOut: limit.aborted }
}
