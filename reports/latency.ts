import { type Quantiles, quantiles } from '../contract/quantiles.ts'
import type { Model } from './model.ts'

export type ConnectTimes = Quantiles

/** A promise whose connections take longer than they did. Times are medians in milliseconds. */
export interface Slower {
  id: string
  before: number
  after: number
}

/** A median of fewer connections says little. */
const ENOUGH = 20
const [FACTOR, LEAST_MS, MOST] = [2, 1, 5]

const connectsOf = ({ results }: Model) => results.flatMap(({ evidence }) => evidence.quality.connectMs)

/** Quantiles of the time until a connection was established, of all connections of each run. */
export function connectTimes(a: Model, b: Model): { before?: ConnectTimes; after?: ConnectTimes } {
  const [before, after] = [quantiles(connectsOf(a)), quantiles(connectsOf(b))]
  return { ...(before && { before }), ...(after && { after }) }
}

/** The promises whose median grew most: at least to the double, and by a millisecond. A busy machine does this too. */
export function slowerIn(a: Model, b: Model): Slower[] {
  const [was, is] = [a, b].map(mediansOf) as [Map<string, number>, Map<string, number>]
  return [...is]
    .flatMap(([id, after]) => ({ id, before: was.get(id) ?? after, after }))
    .filter(({ before, after }) => after >= before * FACTOR && after - before >= LEAST_MS)
    .sort((x, y) => y.after - y.before - (x.after - x.before))
    .slice(0, MOST)
}

function mediansOf({ results }: Model): Map<string, number> {
  const groups = Map.groupBy(results, ({ id }) => id)
  return new Map(
    [...groups].flatMap(([id, rows]): [string, number][] => {
      const found = quantiles(rows.flatMap(({ evidence }) => evidence.quality.connectMs))
      return found && found.count >= ENOUGH ? [[id, found.p50]] : []
    }),
  )
}
