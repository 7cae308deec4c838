import { availableParallelism, freemem } from 'node:os'
import { type Limits, Settings } from '../contract/settings.ts'

/** The memory that one reference cluster needs, in bytes. */
const CLUSTER_BYTES = 900e6

/** Time limits under a fault, in milliseconds. A healthy cluster stays below them, so a longer wait would prove nothing. */
const SHORT: Partial<Limits> = { dial: 2_000, transfer: 5_000, kubelet: 8_000, propagate: 8_000, patience: 3_000 }

/** The limits under a fault: the short ones, except for limits that the user has set. */
export function limitsUnderFault({ limits }: Pick<Settings, 'limits'>): Limits {
  const defaults = Settings.parse({}).limits
  const short = Object.entries(SHORT).filter(
    ([name]) => limits[name as keyof Limits] === defaults[name as keyof Limits],
  )
  return { ...limits, ...Object.fromEntries(short) }
}

/** The resources of this machine that limit the number of clusters. */
interface Machine {
  cores: number
  freeBytes: number
}

const thisMachine = (): Machine => ({ cores: availableParallelism(), freeBytes: freemem() })

/** How many workers run at the same time: one for each core if memory allows, and one if the source is not reference. */
export const worldsFor = (
  { cluster }: Pick<Settings, 'cluster'>,
  faults: number,
  { cores, freeBytes } = thisMachine(),
): number => (cluster === 'reference' ? Math.max(1, Math.min(cores, Math.floor(freeBytes / CLUSTER_BYTES), faults)) : 1)
