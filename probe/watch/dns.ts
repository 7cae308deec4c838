import { ANSWER_MS, type Asker } from './answer.ts'
import type { Mishap, WatchFlow } from './types.ts'

/** Asks a DNS server for a name, by one datagram for each question. */
export const question = ({ host, name = '' }: WatchFlow): Asker => ({
  ask: async () => {
    // Loaded on demand, as for other questions.
    const { resolve } = await import('../dns/resolve.ts')
    const asked = { server: host, name, type: 'A', over: 'UDP', again: 2 * ANSWER_MS } as const
    const { rcode, failure, detail } = await resolve(asked, ANSWER_MS)
    if (rcode === 'NOERROR') return {}
    return { mishap: rcode === undefined ? (failure as Mishap) : 'dns', detail: detail ?? `${rcode} for ${name}` }
  },
  close: () => {},
})
