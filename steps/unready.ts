import { slot } from './slot.ts'

/** The claim about pods that must not be ready. A When of kubelet.steps.ts or of conversations sets it. */
export const unready = slot<() => void>('pods that must not be ready')
