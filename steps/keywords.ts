import { Then as cucumberThen, When as cucumberWhen, Given } from '@cucumber/cucumber'
import { verdictOf } from '../contract/errors.ts'
import { judged } from './healthy.ts'
import type { Flatnet } from './world.ts'

export { Given }

type Body<A extends unknown[]> = (this: Flatnet, ...args: A) => unknown

/** The step `take`, with the body of a sentence. Cucumber counts the parameters of a step's function. */
function step<A extends unknown[]>(body: Body<A>, take: (world: Flatnet, run: () => unknown) => unknown): Body<A> {
  function taken(this: Flatnet, ...args: A): unknown {
    return take(this, () => body.apply(this, args))
  }
  return Object.defineProperty(taken, 'length', { value: body.length })
}

/** Acts and observes. Does nothing if a Given has found a broken promise; the first Then throws it. */
export const When = <A extends unknown[]>(sentence: string | RegExp, body: Body<A>): void =>
  cucumberWhen(
    sentence,
    step(body, (world, run) => (world.hasVerdict ? undefined : run())),
  )

/**
 * Claims. What a Given has found is thrown first. What a When has found is thrown last, if every claim is true. Before a broken promise is
 * thrown, the pods that took part are looked at.
 */
export const Then = <A extends unknown[]>(sentence: string | RegExp, body: Body<A>): void =>
  cucumberThen(
    sentence,
    step(body, async (world, run) => {
      try {
        await claim(world, run)
      } catch (error) {
        throw await judged(world, error)
      }
    }),
  )

/**
 * Runs the body of a Then, and throws what an earlier step has found: a Given before the body, a When after the body of the
 * last Then. So a claim that is broken itself is told first.
 */
export async function claim({ early, isLast }: Pick<Flatnet, 'early' | 'isLast'>, run: () => unknown): Promise<void> {
  if (early?.violation.found?.in === 'Given') throw early
  if (!early) return void (await run())
  // The When has observed less than it wanted to. So a claim about what it did not observe is no mistake here.
  const own = await verdictOf(Promise.resolve().then(run)).catch(() => undefined)
  if (own) throw own
  if (isLast) throw early
}
