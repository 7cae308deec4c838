/** A status that an object does not have yet, and the path of the object. */
export interface StatusWrite {
  readonly path: string
  readonly status: object
}

/** An address of the controller, as Services and Ingresses have it in their status. */
export type Address = { ip: string } | { hostname: string }
