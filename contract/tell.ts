/** Says what is being done: a line when it ends, with what it gave. */
export type Tell = <T>(what: string, action: () => Promise<T>, result?: (value: T) => string) => Promise<T>
