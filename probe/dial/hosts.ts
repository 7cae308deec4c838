import { isIP } from 'node:net'
import { addressesOf } from '../dns/system.ts'
import type { Dial, Outcome } from '../protocol.ts'
import { failureOf } from './failure.ts'

/** A system's resolver asks at least twice, and waits for up to five seconds each time. */
const RESOLVER_MS = 12_000

/** Opens a conversation with a host at its address. The outcome keeps the name of the host. */
export type ByAddress = (dial: Dial, open: (dial: Dial) => Promise<Outcome>) => Promise<Outcome>

/**
 * Looks up each name among the hosts once, for all dials, before they begin: a lookup whose packets are lost takes longer than a
 * conversation may, and lookups are another promise.
 */
export async function lookedUp(dials: readonly Dial[]): Promise<ByAddress> {
  const names = [...new Set(dials.map(({ host }) => host).filter((host) => isIP(host) === 0))]
  const found = new Map(await Promise.all(names.map(async (name) => [name, await find(name)] as const)))
  return async (dial, open) => {
    const at = found.get(dial.host)
    if (at === undefined) return open(dial)
    return 'ip' in at ? { ...(await open({ ...dial, host: at.ip })), dial } : { dial, ...at }
  }
}

async function find(name: string): Promise<{ ip: string } | Pick<Outcome, 'failure' | 'detail'>> {
  try {
    const [first] = (await addressesOf(name, RESOLVER_MS)) ?? []
    if (first) return { ip: first.address }
    return { failure: 'dns', detail: `no answer of the resolver within ${RESOLVER_MS / 1000} s` }
  } catch (error) {
    return failureOf(error)
  }
}
