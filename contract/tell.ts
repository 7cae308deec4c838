/** Runs an action of the set-up and reports it: one line when it ends, with its result. */
export type Tell = <T>(what: string, action: () => Promise<T>, result?: (value: T) => string) => Promise<T>
