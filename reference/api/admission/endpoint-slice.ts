import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { V1EndpointSlice } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { fixed, oneOf, portRange, required, wrong } from './causes.ts'

/** Every namespace says its own name in a label, and is not gone before its content. */
export function defaultNamespace(namespace: KubeObject, before: KubeObject | undefined): void {
  const { metadata } = namespace
  metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name }
  namespace.spec = before?.spec ?? { finalizers: ['kubernetes'] }
  namespace.status ??= { phase: 'Active' }
}

/** A Secret has a type, and what it was given as text it keeps as base64. */
export function defaultSecret(secret: KubeObject): void {
  secret.type ??= 'Opaque'
  const texts = Object.entries((secret.stringData ?? {}) as Record<string, string>)
  const encoded = texts.map(([key, text]) => [key, Buffer.from(text).toString('base64')])
  if (texts.length) secret.data = { ...(secret.data as object), ...Object.fromEntries(encoded) }
  delete secret.stringData
}

/** The keys of a ConfigMap or Secret become file names; an immutable one stays what it is. */
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

/** A port of an EndpointSlice is TCP and nameless unless it says otherwise. */
export function defaultEndpointSlice(object: KubeObject): void {
  for (const port of (object as unknown as V1EndpointSlice).ports ?? []) {
    port.protocol ??= 'TCP'
    port.name ??= ''
  }
}

/** An EndpointSlice holds addresses of one kind, for good. */
export function endpointSliceCauses(object: KubeObject, before: KubeObject | undefined): Cause[] {
  const { addressType, endpoints = [], ports = [] } = object as unknown as V1EndpointSlice
  return [
    ...(addressType ? oneOf('addressType', addressType, ['FQDN', 'IPv4', 'IPv6']) : [required('addressType')]),
    ...(before && before.addressType !== addressType ? [wrong('addressType', addressType, 'field is immutable')] : []),
    ...endpoints.flatMap(({ addresses = [] }, index) => {
      const at = `endpoints[${index}].addresses`
      if (addresses.length === 0) return [required(at, 'must contain at least 1 address')]
      return addresses.flatMap((address, n) =>
        !addressType || addressType === 'FQDN' || `IPv${isIP(address)}` === addressType
          ? []
          : [wrong(`${at}[${n}]`, address, `must be a valid ${addressType} address`)],
      )
    }),
    ...ports.flatMap(({ port, protocol }, index) => [
      ...(port === undefined ? [] : portRange(`ports[${index}].port`, port)),
      ...oneOf(`ports[${index}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ]),
  ]
}
