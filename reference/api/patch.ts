import jsonPatch, { type Operation } from 'fast-json-patch'
import { badRequest, StatusError } from './status.ts'

type Json = Record<string, unknown>

/**
 * The field by which two entries of a list are the same entry. A patch replaces all other lists as a whole, or unites
 * them.
 */
const mergeKeys: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey'],
  conditions: ['type'],
  addresses: ['type'],
  podIPs: ['ip'],
  hostIPs: ['ip'],
  ownerReferences: ['uid'],
  // A container's ports are told apart by containerPort, a Service's by port.
  ports: ['containerPort', 'port'],
}
/** Lists of scalars that a patch adds to. */
const united = ['finalizers']

/**
 * A copy of an object with a patch applied: JSON patch, merge patch or strategic merge patch.
 * @throws StatusError 400, 415 or 422.
 */
export function applyPatch(original: object, patch: unknown, type: string): unknown {
  const target = structuredClone(original) as Json
  if (type === 'application/json-patch+json') return applyJsonPatch(target, patch)
  if (type === 'application/merge-patch+json') return merge(target, asObject(patch), false)
  if (type === 'application/strategic-merge-patch+json') return merge(target, asObject(patch), true)
  throw unsupported(type)
}

/**
 * Refuses a type of patch before its body is read.
 * @throws StatusError 415.
 */
export function assertPatchType(type: string): void {
  if (!/^application\/(json-patch|merge-patch|strategic-merge-patch)\+json$/.test(type)) throw unsupported(type)
}

function unsupported(type: string): StatusError {
  const message =
    type === 'application/apply-patch+yaml'
      ? 'the reference API does not do server-side apply: use client-side apply'
      : '415: Unsupported Media Type'
  return new StatusError(415, 'UnsupportedMediaType', message, {})
}

function applyJsonPatch(target: Json, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: a JSON patch is a list of operations')
  try {
    return jsonPatch.applyPatch(target, patch as Operation[], true).newDocument
  } catch (error) {
    const why = String((error as Error).message).split('\n')[0]
    throw new StatusError(422, 'Invalid', `the server rejected our request due to an error in our request: ${why}`, {})
  }
}

function asObject(value: unknown): Json {
  if (isObject(value)) return value
  throw badRequest('error decoding patch: a merge patch is an object')
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(target: Json, patch: Json, strategic: boolean): Json {
  if (strategic && patch.$patch === 'replace') return without(patch, ['$patch'])
  const deleted = strategic && patch.$patch === 'delete'
  const result = deleted ? {} : { ...target }
  for (const [field, value] of Object.entries(patch)) {
    if (strategic && field.startsWith('$')) continue
    if (value === null) delete result[field]
    else if (isObject(value)) result[field] = merge(isObject(result[field]) ? result[field] : {}, value, strategic)
    else if (strategic && Array.isArray(value)) result[field] = mergeList(field, result[field], value)
    else result[field] = value
  }
  if (strategic) for (const [directive, value] of Object.entries(patch)) applyDirective(directive, value, result)
  return result
}

/** `$deleteFromPrimitiveList/finalizers: [...]`, `$setElementOrder/env: [{name: A}, ...]`, `$retainKeys: [...]`. */
function applyDirective(directive: string, value: unknown, result: Json): void {
  const [word, field = ''] = directive.split('/')
  const list = result[field]
  if (!word?.startsWith('$') || !Array.isArray(value)) return
  if (word === '$retainKeys') for (const name of Object.keys(result)) if (!value.includes(name)) delete result[name]
  if (!Array.isArray(list)) return
  if (word === '$deleteFromPrimitiveList') result[field] = list.filter((entry) => !value.includes(entry))
  if (word === '$setElementOrder') result[field] = inOrder(list, value)
}

/** Sorts a list as its entries are ordered in another one. Entries that are not in that one come last. */
function inOrder(list: readonly unknown[], order: readonly unknown[]): unknown[] {
  const matches = (wanted: unknown, entry: unknown) =>
    isObject(wanted) && isObject(entry)
      ? Object.keys(wanted).every((key) => wanted[key] === entry[key])
      : wanted === entry
  const rankOf = (entry: unknown) => {
    const index = order.findIndex((wanted) => matches(wanted, entry))
    return index < 0 ? order.length : index
  }
  return list.toSorted((a, b) => rankOf(a) - rankOf(b))
}

function mergeList(field: string, before: unknown, patch: unknown[]): unknown[] {
  const existing = Array.isArray(before) ? before : []
  if (united.includes(field)) return [...new Set([...existing, ...patch])]
  if (patch.some((entry) => isObject(entry) && entry.$patch === 'replace'))
    return patch.filter((entry) => !(isObject(entry) && entry.$patch === 'replace'))
  const key = mergeKeys[field]?.find((name) =>
    [...patch, ...existing].some((entry) => isObject(entry) && name in entry),
  )
  if (!key) return patch
  const result: unknown[] = [...existing]
  for (const entry of patch.filter(isObject)) {
    const index = result.findIndex((other) => isObject(other) && other[key] === entry[key])
    const old = result[index]
    if (entry.$patch === 'delete') result.splice(index, index < 0 ? 0 : 1)
    else if (isObject(old)) result[index] = merge(old, entry, true)
    else result.push(merge({}, entry, true))
  }
  return result
}

const without = (object: Json, fields: string[]) =>
  Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)))
