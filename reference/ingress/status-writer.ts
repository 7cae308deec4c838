import { setTimeout as delay } from 'node:timers/promises'
import type { Access } from '../client/access.ts'
import { patchStatus } from '../client/status.ts'
import type { Snapshot } from './snapshot.ts'
import { missingStatuses } from './statuses.ts'

/** Milliseconds. */
const betweenAttempts = 500

/** A function that writes the statuses that a snapshot lacks. While it writes, further snapshots wait: the last one counts. */
export function statusWriter(access: Access): (snapshot: Snapshot) => void {
  let waiting: Snapshot | undefined
  let isBusy = false

  async function writeAll(): Promise<void> {
    isBusy = true
    while (waiting) {
      const snapshot: Snapshot = waiting
      waiting = undefined
      try {
        for (const { path, status } of missingStatuses(snapshot)) await patchStatus(access, path, status)
      } catch (error) {
        console.error(String(error))
        await delay(betweenAttempts)
        waiting ??= snapshot
      }
    }
    isBusy = false
  }

  return (snapshot) => {
    waiting = snapshot
    // All changes of one turn of the event loop are written together.
    if (!isBusy) setImmediate(() => isBusy || void writeAll())
  }
}
