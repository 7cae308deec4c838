import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { PassThrough, type Readable, type Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { codeOf, plainEnvironment } from '../network/commands.ts'

/** Where a command is to run: a running container. */
export interface Place {
  readonly pid: number
  readonly environment: Readonly<Record<string, string>>
  readonly workingDirectory: string
  readonly capabilities: string
}

/** Runs a command in a container's namespaces, to its end or the signal's; gives its exit code. */
export async function execIn(
  { pid, environment, workingDirectory, capabilities }: Place,
  argv: readonly string[],
  io: { stdin?: Readable; stdout: Writable; stderr: Writable },
  signal: AbortSignal,
): Promise<number> {
  const enter = ['--mount', '--pid', '--uts', '--ipc', '--net']
  const child = spawn(
    'nsenter',
    [
      ...['--target', String(pid), ...enter, '--', '/usr/bin/setpriv', '--pdeathsig', 'KILL'],
      ...['--bounding-set', capabilities, '/usr/bin/setsid', '/usr/bin/env', '-i', '-C', workingDirectory],
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...argv,
    ],
    { env: plainEnvironment, stdio: [io.stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] },
  )
  const stop = () => killInside(child)
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

/**
 * Kills what nsenter waits for, with all that it has started: were nsenter itself killed, the host's first process
 * would have to clear up after it.
 */
function killInside(child: ChildProcess): void {
  try {
    const inner = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
    process.kill(-Number(inner || Number.NaN), 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** Runs a command in a container for the kubelet itself; gives its exit code and what it wrote. */
export async function execFor(
  place: Place,
  argv: readonly string[],
  milliseconds: number,
): Promise<{ code: number; output: string; timedOut: boolean }> {
  const limit = AbortSignal.timeout(milliseconds)
  const output = new PassThrough()
  const written = text(output)
  const code = await execIn(place, argv, { stdout: output, stderr: output }, limit)
  output.end()
  return { code, output: await written, timedOut: limit.aborted }
}
