import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { signalGroup } from '../../cluster/process-group.ts'
import { UsageError } from '../../contract/errors.ts'

/** How a command ended. Times are on the clock of this process. */
export interface Ended {
  words: string[]
  span: { from: number; to: number }
  exitCode: number | null
  signal?: string
}

const KILL_MS = 5_000

/**
 * Runs a command, and hands each line that it prints to `say`. `signal` ends it: it is told to end, and killed 5 seconds later.
 * @throws UsageError if it cannot be started.
 */
export async function runCommand(
  words: string[],
  env: NodeJS.ProcessEnv,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Ended> {
  const [program = '', ...args] = words
  const from = performance.now()
  // It has a process group of its own: Ctrl-C in the terminal reaches flatnet alone, which ends the command.
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', say)
  let kill: NodeJS.Timeout | undefined
  const end = () => {
    signalGroup(child, 'SIGTERM')
    kill = setTimeout(() => signalGroup(child, 'SIGKILL'), KILL_MS)
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', (error) => reject(new UsageError(`cannot start ${JSON.stringify(program)}: ${error.message}.`)))
      child.on('close', (exitCode, how) =>
        resolve({ words, span: { from, to: performance.now() }, exitCode, ...(how && { signal: how }) }),
      )
    })
  } finally {
    clearTimeout(kill)
    signal.removeEventListener('abort', end)
  }
}
