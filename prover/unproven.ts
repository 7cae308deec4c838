import type { Fault } from '../faults/fault.ts'
import type { Trial } from './judge.ts'

/** Scenarios that pass on the healthy cluster and that no fault made fail. */
export interface Unproven {
  /** A fault that claims them was injected, or no fault claims them: nothing shows that they can fail. */
  unkilled: string[]
  /** None of the faults that claim them can be injected into this cluster, so it cannot show whether they can fail. */
  noFaultHere: string[]
}

/** Sorts the scenarios in `kept` that no fault killed. A scenario whose fault was not judged is in neither list. */
export function unprovenOf(kept: readonly string[], faults: readonly Fault[], trials: readonly Trial[]): Unproven {
  const found: Unproven = { unkilled: [], noFaultHere: [] }
  for (const id of kept) {
    const claiming = faults.filter(({ breaks }) => breaks.some((each) => each.id === id)).map((fault) => fault.id)
    const tried = trials.filter(({ fault }) => claiming.includes(fault))
    const here = tried.filter(({ result, untested }) => result !== 'not applicable' && !untested.includes(id))
    if (here.some(({ result, killers }) => result !== 'not judged' && killers.some((killer) => killer.id === id)))
      continue
    if (tried.length > 0 && here.length === 0) found.noFaultHere.push(id)
    else if (here.every(({ result }) => result !== 'not judged')) found.unkilled.push(id)
  }
  return found
}
