/**
 * Ctrl-C and SIGTERM: undoes first, then ends with 130; a second signal ends at once.
 * @returns the function that lets go of the signals.
 */
export function onSignals(undo: () => Promise<void>): () => void {
  let times = 0
  const handler = () => {
    times += 1
    if (times > 1) process.exit(130)
    undo().finally(() => process.exit(130))
  }
  process.on('SIGINT', handler)
  process.on('SIGTERM', handler)
  return () => {
    process.off('SIGINT', handler)
    process.off('SIGTERM', handler)
  }
}
