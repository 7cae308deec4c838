import type { Workbench } from '../../cluster/workbench.ts'
import type { ProbeRef } from '../../contract/topology.ts'
import type { Request, Timeline } from './timeline.ts'

/**
 * Asks the clients and the present backends how long they had no CPU while requests timed out. Undefined if none did, or if no probe
 * tells: a backend that is gone cannot be asked.
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
  const all = await Promise.all(
    [...clients, ...backends].map(async (probe) => {
      const without = await bench.ask(probe, 'starved', { ms, within }).catch(() => 0)
      return { pod: probe.pod, ms: without }
    }),
  )
  return all.reduce((worst, each) => (each.ms > worst.ms ? each : worst))
}
