import { readFileSync } from 'node:fs'

/** The interval at which the event loop is checked, in milliseconds. */
const TICK_MS = 100
/** The number of checks that are kept: one minute. */
const KEPT = 600
const NS_PER_MS = 1_000_000

/** The milliseconds that this process lost before each of the last checks, the newest one last. */
const lost: { at: number; ms: number }[] = []

/**
 * Starts to measure how long this process waits for the CPU, or is busy with one piece of work. A busy event loop that gets the CPU in
 * small slices is late by little at each check, so the kernel's own count of the time in its run queue is read as well.
 */
export function watchStarvation(): void {
  let due = performance.now() + TICK_MS
  let queued = queuedMs()
  setInterval(() => {
    const now = performance.now()
    const waited = queuedMs()
    lost.push({ at: now, ms: Math.max(0, now - due, waited - queued) })
    if (lost.length > KEPT) lost.shift()
    due = now + TICK_MS
    queued = waited
  }, TICK_MS).unref()
}

/**
 * The milliseconds within the last `ms` milliseconds in which this process could not answer.
 * @param within the most of them that lie within a time as long as this, if it is given.
 */
export function starvedMs(ms: number, within?: number): number {
  const since = performance.now() - ms
  const all = lost.filter(({ at }) => at >= since)
  // A check that came late tells of a time that began earlier, so no more counts than there was time.
  const sum = (some: typeof all, longest: number) =>
    Math.min(
      longest,
      some.reduce((total, each) => total + each.ms, 0),
    )
  if (within === undefined) return sum(all, ms)
  return Math.max(
    0,
    ...all.map(({ at: end }) =>
      sum(
        all.filter(({ at }) => at > end - within && at <= end),
        within,
      ),
    ),
  )
}

/** The milliseconds that the main thread has waited in a run queue so far; always 0 where the kernel does not count them. */
function queuedMs(): number {
  try {
    const [, waited = 0] = readFileSync('/proc/self/schedstat', 'utf8').split(' ').map(Number)
    return waited / NS_PER_MS
  } catch {
    return 0
  }
}
