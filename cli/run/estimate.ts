import type { Running } from '../../reports/model.ts'

/** How long a row with one of these tags usually takes on a healthy cluster, in milliseconds; any other row takes the last one. */
const USUAL: readonly (readonly [tag: string, ms: number])[] = [
  ['@rests', 7_000],
  ['@disrupt', 10_000],
  ['@waits', 5_000],
  ['@makes-pods', 5_500],
  ['', 900],
]

/** The usual time of a row. */
export const usualOf = ({ tags }: { tags: readonly string[] }): number =>
  USUAL.find(([tag]) => tag === '' || tags.includes(tag))?.[1] ?? 0

/** A row that takes so many times as long as usual makes an estimate worthless: the network is not as usual. */
const OVERRUN = 4
const LEAST_SLOW_MS = 10_000

/** The rows that run longest, if they take much longer than usual. */
export const slowest = (running: readonly Running[], now: number): { id: string; ms: number }[] =>
  running
    .map((row) => ({ id: row.id, ms: now - row.started, usual: usualOf(row) }))
    .filter(({ ms, usual }) => ms > LEAST_SLOW_MS && ms > usual * OVERRUN)
    .sort((a, b) => b.ms - a.ms)

/** The work of a run in usual milliseconds. */
export interface Work {
  all: number
  done: number
}

/**
 * The milliseconds that are probably left, from how fast the run was so far; undefined while too little is done, or if a row takes
 * much longer than usual.
 */
export function timeLeft(work: Work, running: readonly Running[], elapsed: number, now: number): number | undefined {
  const partly = running.reduce((sum, row) => {
    const [age, usual] = [Math.max(0, now - row.started), usualOf(row)]
    return sum + (usual * age) / (age + usual)
  }, 0)
  const done = work.done + partly
  if (done < work.all / 10 || slowest(running, now).length > 0) return undefined
  return (elapsed * Math.max(0, work.all - done)) / done
}
