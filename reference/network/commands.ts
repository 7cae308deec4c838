import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { text } from 'node:stream/consumers'
import { toolPath } from './tools.ts'

/** Half a megabyte less in each process: glibc keeps less of what is freed, and libuv maps no ring. */
export const frugal = {
  ...{ MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536', MALLOC_TOP_PAD_: '0' },
  UV_USE_IO_URING: '0',
}

/** What the world's own programs get as environment: nothing of the caller's reaches them. */
export const plainEnvironment = { PATH: toolPath, LANG: 'C', ...frugal }

/** The exit code by which a shell tells of a process that a signal ended. */
export const codeOf = (signal: NodeJS.Signals | null): number => 128 + constants.signals[signal ?? 'SIGTERM']

/** Runs a command to its end; gives its output, or rejects with what it wrote to stderr. */
export async function run(words: readonly string[], input = ''): Promise<string> {
  const [command = '', ...args] = words
  const child = spawn(command, args, { env: plainEnvironment, stdio: ['pipe', 'pipe', 'pipe'] })
  // A command that ends before it has read its input has failed, and says why on stderr.
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

/** Runs a shell script, stopping at the first command that fails; gives its output. */
export const shell = (script: string): Promise<string> => run(['sh', '-es'], script)
