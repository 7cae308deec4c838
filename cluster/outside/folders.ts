import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FOLDER } from './machines.ts'

/**
 * Removes the folders of request pipes whose process has ended, and gives their names. Another user's folders stay: this
 * process may not remove them, and does not know them.
 */
export function removeFolders(within = tmpdir()): string[] {
  const left = readdirSync(within).filter((name) => {
    const pid = new RegExp(`^${FOLDER}(\\d+)-`).exec(name)?.[1]
    return pid !== undefined && !lives(Number(pid)) && isOwn(join(within, name))
  })
  for (const name of left) rmSync(join(within, name), { recursive: true, force: true })
  return left.map((name) => `folder ${name}`)
}

/** Whether there is such a process; it may be another user's. */
function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Whether it is a folder of this user. */
function isOwn(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.getuid?.()
}
