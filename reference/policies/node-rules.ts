import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { batches } from '../services/nft-changes.ts'
import { startNftProcess } from '../services/nft-process.ts'
import type { Chain } from './chains.ts'

const table = 'inet policies'

/**
 * A table that isolates no pod. It filters what a node forwards, after Services are translated. What a node itself sends to its pods, and
 * gets from them, is not forwarded: the API promises that it passes.
 */
const emptyTable = `table ${table}
delete table ${table}
table ${table} {
  map egress4 { type ipv4_addr : verdict; }
  map egress6 { type ipv6_addr : verdict; }
  map ingress4 { type ipv4_addr : verdict; }
  map ingress6 { type ipv6_addr : verdict; }
  chain egress {
    ip saddr vmap @egress4
    ip6 saddr vmap @egress6
  }
  chain ingress {
    ip daddr vmap @ingress4
    ip6 daddr vmap @ingress6
  }
  chain forward {
    type filter hook forward priority 10;
    ct state established,related accept
    jump egress
    jump ingress
  }
}`

const retryMs = 1000

/** Brings the chains of one node into its kernel, when it is asked to. */
export interface NodeRules {
  /** Settles when the kernel has the chains that `wanted` gives now. Nothing is written before the first chain. */
  bring(): Promise<void>
}

/** The writer of the rules of one node, a process named `policies-NODE`. `wanted` gives the chains of that node. */
export function nodeRules(node: string, wanted: () => readonly Chain[]): NodeRules {
  const nft = startNftProcess(node, 'policies')
  let known: ReadonlyMap<string, Chain> | undefined
  let last: Promise<void> = Promise.resolve()

  async function once(): Promise<void> {
    const chains = wanted()
    if (!known && chains.length === 0) return
    const after = new Map(chains.map((chain) => [chain.name, chain]))
    const before = known ?? new Map<string, Chain>()
    const lists = known ? [] : [[emptyTable]]
    for (const name of new Set([...before.keys(), ...after.keys()]))
      lists.push(changes(before.get(name), after.get(name)))
    known = undefined
    for (const batch of batches(lists.filter((lines) => lines.length > 0))) await nft.apply(batch)
    known = after
  }

  async function untilDone(): Promise<void> {
    for (;;)
      try {
        return await once()
      } catch (error) {
        console.error((error as Error).message)
        await sleep(retryMs)
      }
  }

  return {
    bring: () => {
      last = last.then(untilDone)
      return last
    },
  }
}

/** The lines of nft that turn a pod's old chain into its new one. */
function changes(before: Chain | undefined, after: Chain | undefined): string[] {
  if (isDeepStrictEqual(before, after)) return []
  const name = (after ?? before)?.name ?? ''
  const element = (verb: string, chain: Chain) => chain.elements.map((each) => `${verb} element ${table} ${each}`)
  if (before && after && isDeepStrictEqual(before.elements, after.elements))
    return [`flush chain ${table} ${name}`, ...filled(after)]
  return [
    ...(before ? [...element('delete', before), `flush chain ${table} ${name}`, `delete chain ${table} ${name}`] : []),
    ...(after ? [`add chain ${table} ${name}`, ...filled(after), ...element('add', after)] : []),
  ]
}

const filled = ({ name, rules }: Chain): string[] => rules.map((rule) => `add rule ${table} ${name} ${rule}`)
