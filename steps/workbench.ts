import { Workbench } from '../cluster/workbench.ts'
import type { Topology } from '../contract/topology.ts'

const benches = new Map<string, Workbench>()

/** The workbench of a run. All scenarios share its streams. */
export function workbench(topology: Topology): Workbench {
  const bench = benches.get(topology.run) ?? new Workbench(topology)
  benches.set(topology.run, bench)
  return bench
}

/** Closes the streams of all workbenches. */
export const closeWorkbenches = async (): Promise<void> => {
  await Promise.all([...benches.values()].map((bench) => bench.close()))
  benches.clear()
}
