/** The longest time between two looks of a wait, in milliseconds. */
const LOOK_MS = 15_000

/** The waits of this process for what a dead path hides, and when each looked last. */
const waits = new Map<object, number>()

/** Notes that a long wait goes on. */
export const goesOn = (wait: object): void => void waits.set(wait, performance.now())

/** The number of long waits that go on. Their scenarios need hardly any CPU. */
export function longWaits(): number {
  const now = performance.now()
  for (const [wait, last] of waits) if (now - last > LOOK_MS) waits.delete(wait)
  return waits.size
}
