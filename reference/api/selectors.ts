import type { KubeObject } from '../contract.ts'
import type { Kind } from './kinds.ts'
import { badRequest } from './status.ts'

/** Whether a selector matches an object. */
export type Selector = (object: KubeObject) => boolean

const operators: [RegExp, (value: string | undefined, wanted: string[]) => boolean][] = [
  [/^(\S+)\s+notin\s*\(([^)]*)\)$/, (value, wanted) => value === undefined || !wanted.includes(value)],
  [/^(\S+)\s+in\s*\(([^)]*)\)$/, (value, wanted) => value !== undefined && wanted.includes(value)],
  [/^([^\s=!]+)\s*!=\s*([^\s=!]*)$/, (value, wanted) => value !== wanted[0]],
  [/^([^\s=!]+)\s*==?\s*([^\s=!]*)$/, (value, wanted) => value === wanted[0]],
  [/^!\s*([^\s=!]+)$/, (value) => value === undefined],
  [/^([^\s=!]+)$/, (value) => value !== undefined],
]

/**
 * A label selector, equality-based or set-based.
 * @throws StatusError 400.
 */
export function labelSelector(text: string): Selector {
  // A comma inside parentheses belongs to its set.
  const parts = text.trim() === '' ? [] : text.split(/,(?![^(]*\))/).map((part) => part.trim())
  const requirements = parts.map((part) => {
    for (const [pattern, holds] of operators) {
      const match = pattern.exec(part)
      const key = match?.[1]
      const wanted = (match?.[2] ?? '').split(',').map((value) => value.trim())
      if (key) return ({ metadata }: KubeObject) => holds(metadata.labels?.[key], wanted)
    }
    throw badRequest(`unable to parse requirement: ${part === '' ? 'found an empty one' : part}`)
  })
  return (object) => requirements.every((holds) => holds(object))
}

/**
 * A field selector over the fields that a kind offers.
 * @throws StatusError 400.
 */
export function fieldSelector(text: string, { fields }: Kind): Selector {
  const offered = ['metadata.name', 'metadata.namespace', ...fields]
  const requirements = text
    .split(',')
    .filter(Boolean)
    .map((part) => {
      const [, field = '', operator, value = ''] = /^\s*([^=!\s]+)\s*(!=|==?)\s*(.*?)\s*$/.exec(part) ?? []
      if (!operator) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
      if (!offered.includes(field)) throw badRequest(`field label not supported: ${field}`)
      return (object: KubeObject) => (fieldText(object, field) === value) === (operator !== '!=')
    })
  return (object) => requirements.every((holds) => holds(object))
}

function fieldText(object: KubeObject, path: string): string {
  let value: unknown = object
  for (const step of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[step]
  // An absent boolean field counts as false, an absent text as empty.
  return String(value ?? (path === 'spec.hostNetwork' || path === 'spec.unschedulable' ? false : ''))
}
