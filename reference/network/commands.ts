import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { text } from 'node:stream/consumers'
import { toolPath } from './tools.ts'

/** Saves half a megabyte in each process: glibc returns more freed memory to the system, and libuv maps no io_uring. */
export const smallMemory = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '65536',
  MALLOC_TOP_PAD_: '0',
  UV_USE_IO_URING: '0',
}

/** The environment of the cluster's own programs. They get nothing of the caller's environment. */
export const plainEnvironment = { PATH: toolPath, LANG: 'C', ...smallMemory }

/** The exit code that a shell reports for a process that a signal ended. */
export const codeOf = (signal: NodeJS.Signals | null): number => 128 + constants.signals[signal ?? 'SIGTERM']

/** Runs a command to its end and gives its output. Rejects with what it wrote to stderr. */
export async function run(words: readonly string[], input = ''): Promise<string> {
  const [command = '', ...args] = words
  const child = spawn(command, args, { env: plainEnvironment, stdio: ['pipe', 'pipe', 'pipe'] })
  // A command that ends before it has read its input has failed, and its stderr says why.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const exit = new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
  const [code, stdout, stderr] = await Promise.all([exit, text(child.stdout), text(child.stderr)])
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${stderr.trim() || 'no message'}`)
  return stdout
}

/** Runs a shell script up to the first command that fails and gives its output. Rejects as `run` does. */
export const shell = (script: string): Promise<string> => run(['sh', '-es'], script)
