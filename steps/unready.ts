import { slot } from './slot.ts'

/** What to claim of pods that must not be ready: a kubelet's probe, or a look after conversations, has found it out. */
export const unready = slot<() => void>('pods that must not be ready')
