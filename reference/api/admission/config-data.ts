import { isDeepStrictEqual } from 'node:util'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { fixed, required, wrong } from './causes.ts'

/** Gives a Secret its type, and moves `stringData` to `data` as base64. */
export function defaultSecret(secret: KubeObject): void {
  secret.type ??= 'Opaque'
  const texts = Object.entries((secret.stringData ?? {}) as Record<string, string>)
  const encoded = texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')])
  if (texts.length) secret.data = { ...(secret.data as object), ...Object.fromEntries(encoded) }
  delete secret.stringData
}

/** What is wrong with the keys of a ConfigMap or Secret, or with a change of an immutable one. */
export function dataCauses(object: KubeObject, before: KubeObject | undefined): Cause[] {
  const words =
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
  const keys = Object.keys({ ...(object.data as object), ...(object.binaryData as object) })
  const changed = (field: string) => before?.immutable === true && !isDeepStrictEqual(object[field], before[field])
  const why = 'field is immutable when `immutable` is set'
  return [
    ...keys.flatMap((key) => (/^[-._a-zA-Z0-9]+$/.test(key) ? [] : [wrong(`data[${key}]`, key, words)])),
    ...['immutable', 'data', 'binaryData'].flatMap((field) => (changed(field) ? [fixed(field, why)] : [])),
  ]
}

/** What is wrong with a Secret: its data, a change of its type, and what a Secret for TLS lacks. */
export function secretCauses(secret: KubeObject, before: KubeObject | undefined): Cause[] {
  const data = (secret.data ?? {}) as Record<string, string>
  const needed = secret.type === 'kubernetes.io/tls' ? ['tls.crt', 'tls.key'] : []
  return [
    ...needed.flatMap((key) => (key in data ? [] : [required(`data[${key}]`)])),
    ...(before && before.type !== secret.type ? [wrong('type', secret.type, 'field is immutable')] : []),
    ...dataCauses(secret, before),
  ]
}
