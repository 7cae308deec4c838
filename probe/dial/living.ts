import { setTimeout as delay } from 'node:timers/promises'
import type { Dial, Life, Outcome } from '../protocol.ts'
import { KeptConnection } from './kept-tcp.ts'
import { KeptPort } from './kept-udp.ts'

/**
 * Opens one connection (TCP) or takes one port (UDP), and lives through `dial.life` on it. The outcome is that of the last request,
 * or of the first one that failed; its detail says at which request.
 */
export async function dialLiving(dial: Dial): Promise<Outcome> {
  const { requests = 1, idleMs = 0, lateMs }: Life = dial.life ?? {}
  const kept = dial.protocol === 'UDP' ? new KeptPort(dial) : new KeptConnection(dial)
  const all = requests + (idleMs > 0 ? 1 : 0)
  let outcome: Outcome = { dial }
  for (let n = 1; n <= all; n++) {
    const isLast = n === all
    if (isLast && idleMs > 0) await delay(idleMs)
    const late = isLast && lateMs !== undefined && kept instanceof KeptConnection
    outcome = await (late ? kept.finish(dial, lateMs) : kept.dial(dial))
    if (outcome.failure) return { ...outcome, detail: `${stage(n, all, dial.life)}: ${outcome.detail}` }
  }
  return outcome
}

function stage(n: number, all: number, { idleMs, lateMs }: Life = {}): string {
  if (n === 1 && all > 1) return 'the first request'
  if (idleMs && n === all) return `the request after ${idleMs / 1000} s without a packet`
  if (lateMs && n === all) return `the answer that came ${lateMs} ms after the client had closed its side`
  return `request ${n} of ${all} on this connection`
}
