import type { Pickle } from '@cucumber/messages'

interface Planned {
  pickle: Pickle
}

/** Tags of scenarios that take seconds and mostly wait: on purpose, or for their own pods. */
const SLOW = ['@makes-pods', '@waits']

interface Context {
  transform(key: 'pickles:order', reorder: (pickles: readonly Planned[]) => Planned[]): void
}

// A plug-in for cucumber is a module with these two exports.
export const type = 'plugin'

/** Starts slow scenarios first, so that the run does not wait for them at the end. */
export function coordinator({ transform }: Context): void {
  transform('pickles:order', (pickles) => {
    const isSlow = ({ pickle }: Planned) => pickle.tags.some(({ name }) => SLOW.includes(name))
    return [...pickles.filter(isSlow).reverse(), ...pickles.filter((each) => !isSlow(each))]
  })
}
