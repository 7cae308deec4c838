import { Then as cucumberThen, When as cucumberWhen, Given } from '@cucumber/cucumber'
import type { Flatnet } from './world.ts'

export { Given }

type Body<A extends unknown[]> = (this: Flatnet, ...args: A) => unknown

/** A step that looks at its scenario first, and does nothing where that says so. */
function after<A extends unknown[]>(goesOn: (world: Flatnet) => boolean, body: Body<A>): Body<A> {
  function step(this: Flatnet, ...args: A): unknown {
    return goesOn(this) ? body.apply(this, args) : undefined
  }
  // Cucumber counts the parameters of a step.
  return Object.defineProperty(step, 'length', { value: body.length })
}

/** Acts and observes. Where the scene never came about, there is nothing to act on: the first Then says why. */
export const When = <A extends unknown[]>(sentence: string | RegExp, body: Body<A>): void =>
  cucumberWhen(
    sentence,
    after((world) => !world.hasVerdict, body),
  )

/** Claims. What a Given or a When found broken on its way is claimed first. */
export const Then = <A extends unknown[]>(sentence: string | RegExp, body: Body<A>): void =>
  cucumberThen(
    sentence,
    after((world) => world.claimPending(), body),
  )
