import { sentence, UsageError } from '../../contract/errors.ts'
import type { Limits } from '../../contract/settings.ts'
import { deadline } from '../../probe/deadline.ts'

/** How long a check may take without which a run is not possible, in milliseconds. */
export const longer = ({ check: ms }: Pick<Limits, 'check'>): number => 5 * ms

/** What a check found. `note`: good to know. `lacks`: something is missing. `unknown`: it could not be found out. */
export interface Found {
  state: 'ok' | 'note' | 'lacks' | 'unknown'
  /** A sentence without its full stop. */
  says: string
  /** What to do or to type. */
  hint?: string
  /** Whether no verdict is possible without it, or at best a partial one. */
  stops?: 'run' | 'core'
}

/** A check of the machine or of the cluster, and how long it took. */
export interface Check extends Found {
  name: string
  ms: number
}

export const ok = (says: string): Found => ({ state: 'ok', says })
export const note = (says: string, hint?: string): Found => ({
  state: 'note',
  says,
  ...(hint !== undefined && { hint }),
})
export const lacks = (says: string, hint?: string, stops?: Found['stops']): Found => ({
  state: 'lacks',
  says,
  ...(hint !== undefined && { hint }),
  ...(stops !== undefined && { stops }),
})

/**
 * An answer that comes within `ms` milliseconds; undefined if it does not. The question may still go on. A process that has no CPU gets up
 * to twice the time.
 */
export async function inTime<T>(asking: Promise<T>, ms: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>()
  const off = deadline(ms, () => late.resolve(undefined))
  try {
    return await Promise.race([asking, late.promise])
  } finally {
    off()
  }
}

const LATE = { state: 'unknown', hint: 'limits.check in flatnet.yaml waits longer' } as const

/** Makes a check within its deadline. An error and a late answer are "unknown". @throws UsageError if the user is mistaken. */
export async function check(name: string, look: () => Promise<Found>, ms: number): Promise<Check> {
  const started = performance.now()
  const asking = look().catch((error: unknown): Found => {
    if (error instanceof UsageError) throw error
    return { state: 'unknown', says: bare(sentence(error)) }
  })
  const found = (await inTime(asking, ms)) ?? { ...LATE, says: `no answer within ${ms / 1000} s` }
  return { name, ...found, ms: Math.round(performance.now() - started) }
}

/** A sentence without its full stop, on one line. */
export const bare = (text: string): string => (text.split('\n')[0] ?? '').replace(/\.$/, '')
