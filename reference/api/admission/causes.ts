import type { Cause } from '../status.ts'

const quoted = (value: unknown) => JSON.stringify(value)

/** The ways in which a field can be wrong, worded as Kubernetes words them. */
export const required = (field: string, why = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: `Required value${why && `: ${why}`}`,
  field,
})

export const wrong = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${quoted(value)}: ${why}`,
  field,
})

export const duplicate = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${quoted(value)}`,
  field,
})

export const missing = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${quoted(value)}`,
  field,
})

export const fixed = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
})

/** A value that is none of the few there are. */
export function oneOf(field: string, value: unknown, supported: readonly string[]): Cause[] {
  if (value === undefined || supported.includes(String(value))) return []
  const list = supported.map(quoted).join(', ')
  return [
    {
      reason: 'FieldValueNotSupported',
      message: `Unsupported value: ${quoted(value)}: supported values: ${list}`,
      field,
    },
  ]
}

/** A number that is no port. */
export function portRange(field: string, value: unknown): Cause[] {
  const fine = typeof value === 'number' && value >= 1 && value <= 65535
  return fine ? [] : [wrong(field, value, 'must be between 1 and 65535, inclusive')]
}

/** Names that occur a second time. */
export function repeated(names: readonly (string | undefined)[], field: (index: number) => string): Cause[] {
  return names.flatMap((name, index) => (name && names.indexOf(name) < index ? [duplicate(field(index), name)] : []))
}
