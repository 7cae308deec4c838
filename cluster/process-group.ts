import type { ChildProcess } from 'node:child_process'

/**
 * Sends a signal to a command that was started `detached`, and to what it started: nsenter, for example, waits for the
 * program that it has started, and would leave it behind. A command that has ended gets none: another process may have
 * its id by now.
 */
export function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
