import type { Pickle } from '@cucumber/messages'

interface Planned {
  pickle: Pickle
}

const hasTag =
  (...names: string[]) =>
  ({ tags }: Pickle) =>
    tags.some(({ name }) => names.includes(name))

/** Whether a scenario does nothing but wait, for seconds and on purpose. */
export const rests = hasTag('@rests')

const isAboutPolicies = hasTag('@needs-netpol')

/**
 * The group of a scenario: while others wait, at most a third of the scenarios that run are of one group. Each policy makes a network
 * plug-in compute the rules of many pods again, so many scenarios about policies at once would wait for each other.
 */
export const groupOf = (pickle: Pickle): string | undefined => (isAboutPolicies(pickle) ? 'policies' : undefined)

/** The kinds of scenarios that start first, the longest ones before the others. All other scenarios follow. */
const FIRST: readonly ((pickle: Pickle) => boolean)[] = [
  rests,
  // One backend after the other is created, met by every client and deleted, which takes the longest of all.
  ({ steps }) => steps.some(({ text }) => text.startsWith('every backend is replaced')),
  hasTag('@disrupt'),
  // They take seconds and mostly wait: on purpose, or for their own pods.
  hasTag('@makes-pods', '@waits'),
]

interface Context {
  transform(key: 'pickles:order', reorder: (pickles: readonly Planned[]) => Planned[]): void
}

// A plug-in for cucumber is a module with these two exports.
export const type = 'plugin'

/** Starts slow scenarios first, so that the run does not wait for them at the end. */
export function coordinator({ transform }: Context): void {
  transform('pickles:order', (pickles) => {
    const kindOf = ({ pickle }: Planned) => FIRST.findIndex((isFirst) => isFirst(pickle))
    const first = FIRST.flatMap((_, kind) => pickles.filter((each) => kindOf(each) === kind).reverse())
    return [...first, ...pickles.filter((each) => kindOf(each) < 0)]
  })
}
