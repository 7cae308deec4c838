/** The interval at which the event loop is checked, in milliseconds. */
const TICK_MS = 100
/** The number of checks that are kept: one minute. */
const KEPT = 600

/** The milliseconds by which each of the last checks was late, the newest one last. */
const late: { at: number; ms: number }[] = []

/** Starts to measure how long this process waits for the CPU, or is busy with one piece of work. */
export function watchStarvation(): void {
  let due = performance.now() + TICK_MS
  setInterval(() => {
    const now = performance.now()
    late.push({ at: now, ms: Math.max(0, now - due) })
    if (late.length > KEPT) late.shift()
    due = now + TICK_MS
  }, TICK_MS).unref()
}

/** The milliseconds within the last `ms` milliseconds in which this process could not answer. */
export function starvedMs(ms: number): number {
  const since = performance.now() - ms
  return late.filter(({ at }) => at >= since).reduce((sum, each) => sum + each.ms, 0)
}
