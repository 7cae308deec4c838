import { isDeepStrictEqual } from 'node:util'
import { table } from './nft-table.ts'
import type { PortRules } from './port-rules.ts'

/** How many ports of Services need each element of a table: two ports may need the same one. */
export type Counts = Map<string, number>

/** The lines of nft that turn the old rules of a port into the new ones, in one transaction. Updates the counts. */
export function changes(before: PortRules, after: PortRules, counts: Counts): string[] {
  const made: string[] = []
  const flushed: string[] = []
  const filled: string[] = []
  const dropped: string[] = []
  for (const [name, declaration] of after.sets)
    if (!before.sets.has(name)) made.push(`add set ${table} ${name} { ${declaration} }`)
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
      dropped.push(`delete chain ${table} ${name}`)
    }
  for (const name of before.sets.keys()) if (!after.sets.has(name)) dropped.push(`delete set ${table} ${name}`)
  const oldElements = elementsOf(before)
  const newElements = elementsOf(after)
  const gone = [...oldElements].filter((element) => !newElements.has(element) && count(counts, element, -1) === 0)
  const added = [...newElements].filter((element) => !oldElements.has(element) && count(counts, element, 1) === 1)
  const deletions = gone.flatMap((element) => [`delete ${element}`, ...ended(element)])
  return [...made, ...deletions, ...flushed, ...filled, ...added.map((element) => `add ${element}`), ...dropped]
}

/** The flows of a UDP port that is gone are ended, as kube-proxy does it: the port stays known for a while. */
const ended = (element: string): string[] =>
  isUdpPort.test(element) ? [`add ${element.replace(isUdpPort, ' ended$1$2 {')}`] : []

const isUdpPort = / udp(ports)?([46]) \{/

function elementsOf({ elements }: PortRules): Set<string> {
  return new Set([...elements].flatMap(([set, own]) => own.map((element) => `element ${table} ${set} { ${element} }`)))
}

function count(counts: Counts, element: string, by: number): number {
  const now = (counts.get(element) ?? 0) + by
  if (now === 0) counts.delete(element)
  else counts.set(element, now)
  return now
}

/**
 * Puts lists of lines together into batches that the kernel takes in one transaction: an ordinary user's nft may send
 * it only a limited amount. A list is never divided.
 */
export function batches(lists: readonly (readonly string[])[]): string[][] {
  const groups: string[][] = []
  let room = 0
  for (const lines of lists) {
    const size = lines.reduce((sum, line) => sum + line.length, 0)
    if (size > room || groups.length === 0) {
      groups.push([])
      room = largestBatch
    }
    groups.at(-1)?.push(...lines)
    room -= size
  }
  return groups
}

/** Characters. */
const largestBatch = 16_384
