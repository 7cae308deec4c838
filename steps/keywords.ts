import { Then as cucumberThen, When as cucumberWhen, Given } from '@cucumber/cucumber'
import type { Flatnet } from './world.ts'

export { Given }

type Body<A extends unknown[]> = (this: Flatnet, ...args: A) => unknown

/** A step that does nothing unless `goesOn` is true for its scenario. */
function after<A extends unknown[]>(goesOn: (world: Flatnet) => boolean, body: Body<A>): Body<A> {
  function step(this: Flatnet, ...args: A): unknown {
    return goesOn(this) ? body.apply(this, args) : undefined
  }
  // Cucumber counts the parameters of a step's function.
  return Object.defineProperty(step, 'length', { value: body.length })
}

/** Acts and observes. Does nothing if a Given has found a broken promise; the first Then throws it. */
export const When = <A extends unknown[]>(sentence: string | RegExp, body: Body<A>): void =>
  cucumberWhen(
    sentence,
    after((world) => !world.hasVerdict, body),
  )

/** Claims. A broken promise that a Given or a When has found is thrown first. */
export const Then = <A extends unknown[]>(sentence: string | RegExp, body: Body<A>): void =>
  cucumberThen(
    sentence,
    after((world) => world.claimPending(), body),
  )
