import type { Workbench } from '../../cluster/workbench.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import { withoutCpu } from '../conversations/without-cpu.ts'
import type { Request, Timeline } from './timeline.ts'

/**
 * Asks the clients and the present backends how long they had no CPU while requests timed out. Undefined if none did. A probe that does
 * not tell counts as one with CPU: a backend that is gone cannot be asked.
 * @param ms the milliseconds since the first request.
 */
export async function starvedWhile(
  bench: Workbench,
  requests: readonly Request[],
  backends: readonly ProbeRef[],
  ms: number,
): Promise<Timeline['starved']> {
  const late = requests.filter(({ failure, way }) => failure === 'timeout' && way !== 'direct')
  if (late.length === 0) return undefined
  const within = Math.max(...late.map(({ outcome }) => outcome.dial.deadline))
  const clients = [...new Map(late.map(({ client }) => [client.uid, client])).values()]
  const ask = async (probe: ProbeRef): Promise<Starved> => ({
    pod: probe.pod,
    ms: await withoutCpu(bench, probe, ms, within),
  })
  const [behind, before] = await Promise.all([
    Promise.all(backends.map(ask)),
    Promise.all(clients.map(async (client) => [client.uid, await ask(client)] as const)),
  ])
  return new Map(before.map(([uid, client]) => [uid, [client, ...behind].reduce(worse)]))
}

type Starved = { pod: string; ms: number }
const worse = (a: Starved, b: Starved): Starved => (b.ms > a.ms ? b : a)
