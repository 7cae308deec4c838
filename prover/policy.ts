import { availableParallelism, freemem } from 'node:os'
import { type Limits, Settings } from '../contract/settings.ts'

/** Memory that one reference cluster takes, in bytes. */
const CLUSTER_BYTES = 900e6

/** Milliseconds that nothing healthy takes: what a fault has broken is waited for no longer. */
const SHORT: Partial<Limits> = { dial: 2_000, transfer: 5_000, kubelet: 8_000, propagate: 8_000, patience: 3_000 }

/** The limits under a fault: short ones, but for those that the user has set. */
export function limitsUnderFault({ limits }: Pick<Settings, 'limits'>): Limits {
  const defaults = Settings.parse({}).limits
  const short = Object.entries(SHORT).filter(
    ([name]) => limits[name as keyof Limits] === defaults[name as keyof Limits],
  )
  return { ...limits, ...Object.fromEntries(short) }
}

/** This machine, as far as it limits how many clusters stand at the same time. */
interface Machine {
  cores: number
  freeBytes: number
}

const thisMachine = (): Machine => ({ cores: availableParallelism(), freeBytes: freemem() })

/** How many reference clusters are broken at the same time: one a core, as memory allows; any other cluster is one. */
export const worldsFor = (
  { cluster }: Pick<Settings, 'cluster'>,
  faults: number,
  { cores, freeBytes } = thisMachine(),
): number => (cluster === 'reference' ? Math.max(1, Math.min(cores, Math.floor(freeBytes / CLUSTER_BYTES), faults)) : 1)
