import { EXIT } from '../contract/exit.ts'

/**
 * Handles Ctrl-C and SIGTERM: runs `undo`, then ends with 130 or with the exit code that is set. A second signal ends at once.
 * @returns the function that removes the handlers.
 */
export function onSignals(undo: () => Promise<void>): () => void {
  let times = 0
  const handler = () => {
    times += 1
    const end = () => process.exit(process.exitCode ?? EXIT.interrupted)
    if (times > 1) end()
    else undo().finally(end)
  }
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
  return () => {
    process.off('SIGINT', handler)
    process.off('SIGTERM', handler)
  }
}
