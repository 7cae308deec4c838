import type { Pickle } from '@cucumber/messages'

interface Planned {
  pickle: Pickle
}

/** Tags of scenarios that take seconds, of which most are waiting: on purpose, or for pods of their own. */
const SLOW = ['@makes-pods', '@waits']

interface Context {
  transform(key: 'pickles:order', reorder: (pickles: readonly Planned[]) => Planned[]): void
}

// A plug-in for cucumber is a module with these two.
export const type = 'plugin'

/** What takes long is started first, so that nothing waits for it at the end. */
export function coordinator({ transform }: Context): void {
  transform('pickles:order', (pickles) => {
    const isSlow = ({ pickle }: Planned) => pickle.tags.some(({ name }) => SLOW.includes(name))
    return [...pickles.filter(isSlow).reverse(), ...pickles.filter((each) => !isSlow(each))]
  })
}
