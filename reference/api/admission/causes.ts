import { isIP } from 'node:net'
import type { Cause } from '../status.ts'

const quoted = (value: unknown) => JSON.stringify(value ?? null)

/** A field that is missing. This cause and the others have the words of Kubernetes. */
export const required = (field: string, why = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: `Required value${why && `: ${why}`}`,
  field,
})

/** A field whose value is not valid. */
export const wrong = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${quoted(value)}: ${why}`,
  field,
})

/** A field whose value another field has already. */
export const duplicate = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueDuplicate',
  message: `Duplicate value: ${quoted(value)}`,
  field,
})

/** A text that is longer than `limit` bytes. */
export const tooLong = (field: string, limit: number): Cause => ({
  reason: 'FieldValueTooLong',
  message: `Too long: may not be more than ${limit} bytes`,
  field,
})

/** A field that refers to something that does not exist. */
export const missing = (field: string, value: unknown): Cause => ({
  reason: 'FieldValueNotFound',
  message: `Not found: ${quoted(value)}`,
  field,
})

/** A field that may not be set, or not be changed. */
export const fixed = (field: string, why: string): Cause => ({
  reason: 'FieldValueForbidden',
  message: `Forbidden: ${why}`,
  field,
})

/** The cause for a value that is not among the supported ones; none for no value. */
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

/** The cause for a value that is not the number of a port. */
export function portRange(field: string, value: unknown): Cause[] {
  const isPort = typeof value === 'number' && value >= 1 && value <= 65535
  return isPort ? [] : [wrong(field, value, 'must be between 1 and 65535, inclusive')]
}

/** A cause for each name that occurs a second time. */
export function repeated(names: readonly (string | undefined)[], field: (index: number) => string): Cause[] {
  return names.flatMap((name, index) => (name && names.indexOf(name) < index ? [duplicate(field(index), name)] : []))
}

/** What is wrong with an IP address. */
export const ipAddress = (field: string, value: string): Cause[] =>
  isIP(value) ? [] : [wrong(field, value, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')]
