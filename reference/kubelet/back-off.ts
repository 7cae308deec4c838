const delays = [10, 20, 40, 80, 160] as const
const longest = 300

/** Seconds to wait after some attempts that failed, counted from 0, as a real kubelet does. */
export const backOffSeconds = (failures: number): number => delays[failures] ?? longest

/** Seconds as Go writes them: `40s`, `1m20s`. */
export const durationText = (seconds: number): string =>
  seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
