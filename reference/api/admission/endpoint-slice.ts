import { isIP } from 'node:net'
import type { V1EndpointSlice } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { oneOf, portRange, required, wrong } from './causes.ts'

/** Gives the ports of an EndpointSlice their protocol and name. */
export function defaultEndpointSlice(object: KubeObject): void {
  for (const port of (object as unknown as V1EndpointSlice).ports ?? []) {
    port.protocol ??= 'TCP'
    port.name ??= ''
  }
}

/** What is wrong with an EndpointSlice: its addresses are of one type, and that type does not change. */
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
