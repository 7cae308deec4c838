/** A value of one scenario for the steps of one file. */
export interface Slot<T> {
  set(world: object, value: T): void
  /** @throws Error that names the missing value if no earlier step has set it. */
  of(world: object): T
}

/** A place for a value that a When gives to the Thens of the same file. `what` names it in the error if it is missing. */
export function slot<T>(what: string): Slot<T> {
  const values = new WeakMap<object, { value: T }>()
  return {
    set: (world, value) => values.set(world, { value }),
    of: (world) => {
      const found = values.get(world)
      if (!found) throw new Error(`this scenario has no ${what} yet`)
      return found.value
    },
  }
}
