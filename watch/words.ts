import type { WatchReport } from './schema.ts'

type Direction = Pick<WatchReport['directions'][number], 'counts' | 'losses'>

const WORDS: Record<keyof Direction['counts'], string> = {
  establishedDied: 'established died',
  keptUnanswered: 'kept unanswered',
  newRefused: 'new refused',
  newTimedOut: 'new timed out',
  newFailed: 'new failed otherwise',
  dnsUnanswered: 'DNS unanswered',
  translated: 'translated meanwhile',
}

/** What became of the conversations of a direction, in words. */
export function mishapWords({ counts, losses }: Direction): string[] {
  const told = Object.entries(WORDS).flatMap(([key, word]) => {
    const n = counts[key as keyof typeof counts] ?? 0
    return n > 0 ? [`${n.toLocaleString('en')} ${word}`] : []
  })
  return losses > 0 ? [...told, `${losses} lost singly`] : told
}
