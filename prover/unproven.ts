import type { Fault } from '../faults/fault.ts'
import type { Trial } from './judge.ts'

/** Scenarios that are kept and that no fault made fail. */
export interface Unproven {
  /** A fault for it was put in, or there is none at all: nothing shows that it can fail. */
  unkilled: string[]
  /** None of its faults can be put in here, so nothing can be said here. */
  noFaultHere: string[]
}

/** What nothing killed, of the scenarios that a healthy cluster keeps. One whose fault was not judged is neither. */
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
