import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'

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

const LOOK_MS = 50
const PATIENCE_MS = 20_000

/**
 * Waits until everything has ended that a command has started, after the command itself: kind, for example, does not wait for the
 * containers that are still being created when one of them fails. `pid` is that of a command that was started `detached`. What
 * does not end in 20 seconds is told to end, and waited for no longer.
 */
export async function groupEnds(pid: number | undefined): Promise<void> {
  if (pid === undefined) return
  const end = performance.now() + PATIENCE_MS
  while (hears(-pid, 0)) {
    if (performance.now() > end) return void hears(-pid, 'SIGTERM')
    await delay(LOOK_MS)
  }
}

/** Sends a signal. Gives whether there was a process to get it; 0 only asks. */
function hears(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
