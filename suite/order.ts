import type { Pickle } from '@cucumber/messages'

interface Planned {
  pickle: Pickle
}

/** The tag of scenarios that make pods of their own: they take seconds, of which most are waiting. */
const SLOW = '@makes-pods'

interface Context {
  transform(key: 'pickles:order', reorder: (pickles: readonly Planned[]) => Planned[]): void
}

// A plug-in for cucumber is a module with these two.
export const type = 'plugin'

/** What takes long is started first, so that nothing waits for it at the end. */
export function coordinator({ transform }: Context): void {
  transform('pickles:order', (pickles) => {
    const isSlow = ({ pickle }: Planned) => pickle.tags.some(({ name }) => name === SLOW)
    return [...pickles.filter(isSlow).reverse(), ...pickles.filter((each) => !isSlow(each))]
  })
}
