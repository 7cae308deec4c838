import { setTimeout as sleep } from 'node:timers/promises'
import { batches, type Counts, changes } from './nft-changes.ts'
import { startNftProcess } from './nft-process.ts'
import { emptyTable } from './nft-table.ts'
import { noRules, type ServiceRules } from './port-rules.ts'

const betweenAttempts = 1000
/**
 * Milliseconds. A Service and its slices change together, and each batch costs a process: such changes go into one
 * batch.
 */
const collecting = 20

/** What a proxy asks about Services; a Service is named `NAMESPACE/NAME`. */
export interface Services {
  readonly services: () => readonly string[]
  readonly rules: (service: string) => ServiceRules
}

/** Starts the proxy of one node. Gives the function to call with the Service that has changed. */
export function startNodeProxy(node: string, { services, rules }: Services): (service: string) => void {
  const nft = startNftProcess(node)
  const changed = new Set<string>()
  let applied: Map<string, ServiceRules> | undefined
  let counts: Counts = new Map()
  let busy = false

  async function applyChanged(): Promise<void> {
    const known = applied ?? new Map<string, ServiceRules>()
    if (!applied) {
      counts = new Map()
      for (const service of services()) changed.add(service)
    }
    const pending = [...changed]
    changed.clear()
    const lists = applied ? [] : [[emptyTable]]
    for (const service of pending) lists.push(...replace(known, service, rules(service), counts))
    // Until all batches are in, the table's content is unknown: after an error the next attempt replaces the table.
    applied = undefined
    for (const batch of batches(lists.filter((lines) => lines.length > 0))) await nft.apply(batch)
    applied = known
  }

  async function applyUntilDone(): Promise<void> {
    while (changed.size > 0 || !applied)
      try {
        await applyChanged()
      } catch (error) {
        console.error((error as Error).message)
        await sleep(betweenAttempts)
      }
    busy = false
  }

  return (service) => {
    changed.add(service)
    if (busy) return
    busy = true
    setTimeout(() => void applyUntilDone(), collecting)
  }
}

/** Replaces the rules of a Service among those that are known; gives the lines of nft for it, a list for each port. */
function replace(
  known: Map<string, ServiceRules>,
  service: string,
  after: ServiceRules,
  counts: Counts,
): readonly string[][] {
  const before: ServiceRules = known.get(service) ?? new Map()
  if (after.size > 0) known.set(service, after)
  else known.delete(service)
  const ports = new Set([...before.keys(), ...after.keys()])
  return [...ports].map((port) => changes(before.get(port) ?? noRules(), after.get(port) ?? noRules(), counts))
}
