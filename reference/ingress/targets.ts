import type { Backend } from './backends.ts'

/** Backends that share the requests of a rule. Without a backend, its share of the requests is answered with 500. */
export type Target = readonly Share[]

export interface Share {
  readonly weight: number
  readonly backend?: Backend
}

/** Draws a share by its weight; undefined when no share has any. */
export function drawShare(target: Target, random = Math.random()): Share | undefined {
  const total = target.reduce((sum, { weight }) => sum + weight, 0)
  let left = random * total
  return target.find(({ weight }) => {
    left -= weight
    return left < 0
  })
}
