/** Why a field was refused, as `details.causes` of a Status lists it. */
export interface Cause {
  reason?: string
  message: string
  field?: string
}

/** The object that Kubernetes answers instead of what was asked for. */
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

/** A refusal on its way to the client. */
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

/** What was named, for messages: `pods "web"` or `endpointslices.discovery.k8s.io "web"`. */
export interface Named {
  plural: string
  group: string
}

const qualified = ({ plural, group }: Named) => (group === '' ? plural : `${plural}.${group}`)
const details = ({ plural, group }: Named, name: string) => ({ name, ...(group !== '' && { group }), kind: plural })

/** 404: no such object. */
export function notFound(kind: Named, name: string): StatusError {
  return new StatusError(404, 'NotFound', `${qualified(kind)} "${name}" not found`, details(kind, name))
}

/** 404: no such path. */
export function noResource(): StatusError {
  return new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
}

/** 409: the name is taken. */
export function alreadyExists(kind: Named, name: string): StatusError {
  return new StatusError(409, 'AlreadyExists', `${qualified(kind)} "${name}" already exists`, details(kind, name))
}

/** 409: the object, or what the caller believes of it, has moved on. */
export function conflict(
  kind: Named,
  name: string,
  why = 'the object has been modified; please apply your changes to the latest version and try again',
): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(kind)} "${name}": ${why}`
  return new StatusError(409, 'Conflict', message, details(kind, name))
}

/** 403: admission says no. */
export function forbidden(kind: Named, name: string, why: string, causes?: Cause[]): StatusError {
  const message = `${qualified(kind)} "${name}" is forbidden: ${why}`
  return new StatusError(403, 'Forbidden', message, { ...details(kind, name), ...(causes && { causes }) })
}

/** 400: the request cannot be understood. */
export function badRequest(message: string): StatusError {
  return new StatusError(400, 'BadRequest', message)
}

/** 405: a verb that this resource lacks. */
export function methodNotAllowed(): StatusError {
  const message = 'the server does not allow this method on the requested resource'
  return new StatusError(405, 'MethodNotAllowed', message, {})
}

/** 422: fields that are missing or wrong; `group` is that of the kind. */
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
