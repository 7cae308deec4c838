import type { V1EndpointSubset } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { ipAddress, oneOf, portRange, required } from './causes.ts'

const subsetsOf = ({ subsets }: KubeObject) => (subsets ?? []) as V1EndpointSubset[]

/** Gives the ports of Endpoints their protocol. */
export function defaultEndpoints(object: KubeObject): void {
  for (const { ports = [] } of subsetsOf(object)) for (const port of ports) port.protocol ??= 'TCP'
}

/** What is wrong with Endpoints: a subset has addresses, and several ports have names. */
export function endpointsCauses(object: KubeObject): Cause[] {
  return subsetsOf(object).flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const at = `subsets[${index}]`
    const isEmpty = addresses.length + notReadyAddresses.length === 0
    return [
      ...(isEmpty ? [required(at, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...addresses.flatMap(({ ip }, n) => ipAddress(`${at}.addresses[${n}].ip`, ip)),
      ...notReadyAddresses.flatMap(({ ip }, n) => ipAddress(`${at}.notReadyAddresses[${n}].ip`, ip)),
      ...ports.flatMap(({ name, port, protocol }, n) => [
        ...(ports.length > 1 && !name ? [required(`${at}.ports[${n}].name`)] : []),
        ...portRange(`${at}.ports[${n}].port`, port),
        ...oneOf(`${at}.ports[${n}].protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
      ]),
    ]
  })
}
