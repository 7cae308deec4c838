import { isDeepStrictEqual } from 'node:util'
import type { Rules } from './rules.ts'
import { table } from './table.ts'

/** Counts what the Services of a table hold, since two of them may need the same element. */
export type Counts = Map<string, number>

/** The lines of nft that turn some Services' old rules into their new ones, in one go; keeps the counts. */
export function changes(pairs: readonly (readonly [before: Rules, after: Rules])[], counts: Counts): string[] {
  const made: string[] = []
  const gone: string[] = []
  const flushed: string[] = []
  const filled: string[] = []
  const dropped: string[] = []
  const added: string[] = []
  for (const [before, after] of pairs) {
    for (const [name, declaration] of after.sets)
      if (!before.sets.has(name)) made.push(`add set ${table} ${name} { ${declaration} }`)
    for (const name of before.sets.keys()) if (!after.sets.has(name)) dropped.push(`delete set ${table} ${name}`)
    for (const [name, rules] of after.chains) {
      const old = before.chains.get(name)
      if (isDeepStrictEqual(old, rules)) continue
      if (old) flushed.push(`flush chain ${table} ${name}`)
      else made.push(`add chain ${table} ${name}`)
      for (const rule of rules) filled.push(`add rule ${table} ${name} ${rule}`)
    }
    for (const name of before.chains.keys())
      if (!after.chains.has(name)) {
        flushed.push(`flush chain ${table} ${name}`)
        dropped.unshift(`delete chain ${table} ${name}`)
      }
    const [old, now] = [elementsOf(before), elementsOf(after)]
    for (const element of old) if (!now.has(element) && count(counts, element, -1) === 0) gone.push(`delete ${element}`)
    for (const element of now) if (!old.has(element) && count(counts, element, 1) === 1) added.push(`add ${element}`)
  }
  // What comes and goes in one go, because one Service gives it up to another, stays.
  const both = new Set(gone.map((line) => line.slice(7)).filter((element) => added.includes(`add ${element}`)))
  const changed = (lines: string[]) => lines.filter((line) => !both.has(line.slice(line.indexOf(' ') + 1)))
  return [...made, ...changed(gone), ...flushed, ...filled, ...changed(added), ...dropped]
}

function elementsOf({ elements }: Rules): Set<string> {
  return new Set([...elements].flatMap(([set, own]) => own.map((element) => `element ${table} ${set} { ${element} }`)))
}

function count(counts: Counts, element: string, by: number): number {
  const now = (counts.get(element) ?? 0) + by
  if (now === 0) counts.delete(element)
  else counts.set(element, now)
  return now
}
