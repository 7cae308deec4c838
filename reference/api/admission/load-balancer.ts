import type { V1ServiceSpec } from '@kubernetes/client-node'
import ipaddr from 'ipaddr.js'
import type { Cause } from '../status.ts'
import { fixed, wrong } from './causes.ts'

/** Whether every node answers the health checks of a load balancer for the Service. */
export const needsHealthCheck = ({ type, externalTrafficPolicy }: V1ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'

/** An update keeps the health check port that it does not mention, and drops the fields that its type does not have. */
export function keepLoadBalancing(spec: V1ServiceSpec, before: V1ServiceSpec): void {
  if (needsHealthCheck(spec) && needsHealthCheck(before) && before.healthCheckNodePort)
    spec.healthCheckNodePort ||= before.healthCheckNodePort
  if (!needsHealthCheck(spec) && spec.healthCheckNodePort === before.healthCheckNodePort)
    delete spec.healthCheckNodePort
  if (spec.type === 'LoadBalancer') return
  for (const field of ['allocateLoadBalancerNodePorts', 'loadBalancerClass'] as const)
    if (spec[field] === before[field]) delete spec[field]
}

/** What is wrong with the fields of load balancers. */
export function loadBalancerCauses(spec: V1ServiceSpec, before: V1ServiceSpec | undefined): Cause[] {
  return [...healthCheckCauses(spec, before), ...sourceRangeCauses(spec)]
}

function healthCheckCauses(spec: V1ServiceSpec, before: V1ServiceSpec | undefined): Cause[] {
  const { healthCheckNodePort: port } = spec
  const field = 'spec.healthCheckNodePort'
  if (!port) return []
  if (!needsHealthCheck(spec))
    return [wrong(field, port, "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'")]
  if (!before || !needsHealthCheck(before) || before.healthCheckNodePort === port) return []
  const why = 'cannot change healthCheckNodePort on loadBalancer service with externalTraffic=Local during update'
  return [wrong(field, port, why)]
}

function sourceRangeCauses({ type, loadBalancerSourceRanges: ranges = [] }: V1ServiceSpec): Cause[] {
  const field = 'spec.LoadBalancerSourceRanges'
  const why = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'
  return [
    ...(ranges.length > 0 && type !== 'LoadBalancer'
      ? [fixed(field, "may only be used when `type` is 'LoadBalancer'")]
      : []),
    ...ranges.flatMap((range, index) => (ipaddr.isValidCIDR(range) ? [] : [wrong(`${field}[${index}]`, range, why)])),
  ]
}
