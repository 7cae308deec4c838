import type { KubeObject } from '../contract.ts'
import { familyOf, serviceLabel } from './objects.ts'

/** The endpoints of the Service by which pods find the API: the API keeps these itself. */
export function apiSlice(address: string, port: number): KubeObject {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'kubernetes', namespace: 'default', generation: 1, labels: { [serviceLabel]: 'kubernetes' } },
    addressType: familyOf(address),
    endpoints: [{ addresses: [address], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  }
}
