import type { Workbench } from '../../cluster/workbench.ts'
import type { ProbeRef } from '../../contract/topology.ts'

/**
 * The milliseconds within the last `ms` milliseconds in which a probe had no CPU; 0 if it does not tell.
 * @param within the most of them that lie within a time as long as this, if it is given.
 */
export const withoutCpu = (bench: Workbench, probe: ProbeRef, ms: number, within?: number): Promise<number> =>
  bench.ask(probe, 'starved', { ms, ...(within !== undefined && { within }) }).catch(() => 0)
