/** What one scenario keeps for steps of one file. */
export interface Slot<T> {
  set(world: object, value: T): void
  /** @throws Error that names what is missing, where no earlier step has set it. */
  of(world: object): T
}

/** A place for what a When gives to the Thens beside it; `what` names it in the error where it is missing. */
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
