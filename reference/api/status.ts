/** The reason why a field was refused, an entry of `details.causes` in a Status. */
export interface Cause {
  reason?: string
  message: string
  field?: string
}

/** The object that Kubernetes answers instead of the requested one. */
export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: Record<string, unknown>
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: { name?: string; kind?: string; uid?: string; group?: string; causes?: Cause[] }
  code?: number
}

/** An error that the client gets as a Status. */
export class StatusError extends Error {
  readonly status: Status

  constructor(code: number, reason: string, message: string, details?: Status['details']) {
    super(message)
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      ...(details && { details }),
      code,
    }
  }
}

/** A resource as messages name it: `pods "web"` or `endpointslices.discovery.k8s.io "web"`. */
export interface ResourceName {
  plural: string
  group: string
}

const qualified = ({ plural, group }: ResourceName) => (group === '' ? plural : `${plural}.${group}`)
const details = ({ plural, group }: ResourceName, name: string) => ({
  name,
  ...(group !== '' && { group }),
  kind: plural,
})

/** 404: no such object. */
export function notFound(kind: ResourceName, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(kind)} "${name}" not found`, details(kind, name))
}

/** 404: no such path. */
export function noResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
}

/** 409: the name is taken. */
export function alreadyExists(kind: ResourceName, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${qualified(kind)} "${name}" already exists`, details(kind, name))
}

/** 409: the object has changed since the client read it, or is not the one that the client means. */
export function conflict(
  kind: ResourceName,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`
  return new StatusError(409, 'Conflict', message, details(kind, name))
}

/** 403: admission refuses the object. */
export function forbidden(kind: ResourceName, name: string, why: string, causes?: Cause[]): StatusError {
  const message = `${qualified(kind)} "${name}" is forbidden: ${why}`
  return new StatusError(403, 'Forbidden', message, { ...details(kind, name), ...(causes && { causes }) })
}

/** 400: the request cannot be understood. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

/** 503: there is no server for the request. */
export function unavailable(message: string): StatusError {
  return new StatusError(503, 'ServiceUnavailable', message)
}

/** 405: the resource has no such verb. */
export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource'
  return new StatusError(405, 'MethodNotAllowed', message, {})
}

/** 422: fields are missing or wrong. */
export function invalid(kind: { kind: string; group: string }, name: string, causes: Cause[]): StatusError {
  const lines = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`
  const subject = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return new StatusError(422, 'Invalid', `${subject} "${name}" is invalid: ${list}`, {
    ...(name !== '' && { name }),
    ...(kind.group !== '' && { group: kind.group }),
    kind: kind.kind,
    causes,
  })
}
