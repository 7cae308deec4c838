import { isDeepStrictEqual } from 'node:util'
import type { V1ServicePort, V1ServiceSpec } from '@kubernetes/client-node'
import type { KubeObject } from '../../contract.ts'
import type { Cause } from '../status.ts'
import { duplicate, fixed, ipAddress, oneOf, portRange, repeated, required, wrong } from './causes.ts'
import { keepLoadBalancing, loadBalancerCauses } from './load-balancer.ts'

/** The spec of a Service, typed. */
export const specOf = (service: KubeObject): V1ServiceSpec => service.spec as V1ServiceSpec

/** Whether a Service has node ports. */
export const opensNodePorts = ({ type, allocateLoadBalancerNodePorts }: V1ServiceSpec): boolean =>
  type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)

/** Seconds. */
const DAY = 86_400

const allocatedFields = [
  'clusterIP',
  'clusterIPs',
  'ipFamilies',
  'ipFamilyPolicy',
  'internalTrafficPolicy',
  'externalTrafficPolicy',
] as const

/** Gives a Service its defaults. An update keeps the allocated addresses and ports that it does not mention. */
export function defaultService(service: KubeObject, before: KubeObject | undefined): void {
  const spec = (service.spec ?? {}) as V1ServiceSpec
  service.spec = spec
  spec.type ??= 'ClusterIP'
  spec.sessionAffinity ??= 'None'
  for (const port of spec.ports ?? []) {
    port.protocol ??= 'TCP'
    // Go clients write 0 or an empty text where they mean no value.
    port.targetPort ||= port.port
  }
  if (spec.sessionAffinity === 'ClientIP') spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } }
  else delete spec.sessionAffinityConfig
  if (before) keepAllocated(spec, specOf(before))
  else service.status = { loadBalancer: {} }
  if (spec.type === 'ExternalName') {
    for (const field of allocatedFields) delete spec[field]
    return
  }
  spec.internalTrafficPolicy ??= 'Cluster'
  if (spec.type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
  if (spec.type !== 'ClusterIP') spec.externalTrafficPolicy ??= 'Cluster'
  else delete spec.externalTrafficPolicy
  if (before) keepLoadBalancing(spec, specOf(before))
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP]
  if (spec.clusterIPs?.[0]) spec.clusterIP ??= spec.clusterIPs[0]
}

function keepAllocated(spec: V1ServiceSpec, before: V1ServiceSpec): void {
  const wasAllocated = before.type !== 'ExternalName' && spec.type !== 'ExternalName'
  if (wasAllocated) {
    if (spec.clusterIP && spec.clusterIP !== before.clusterIP && isDeepStrictEqual(spec.clusterIPs, before.clusterIPs))
      spec.clusterIPs = [spec.clusterIP]
    if (!spec.clusterIP && before.clusterIP) spec.clusterIP = before.clusterIP
    if (!spec.clusterIPs && before.clusterIPs) spec.clusterIPs = before.clusterIPs
    if (!spec.ipFamilies && before.ipFamilies) spec.ipFamilies = before.ipFamilies
    if (!spec.ipFamilyPolicy && before.ipFamilyPolicy) spec.ipFamilyPolicy = before.ipFamilyPolicy
    // A client that asks for a single family and changes nothing else keeps the first one.
    if (spec.ipFamilyPolicy === 'SingleStack' && before.ipFamilyPolicy !== 'SingleStack') {
      if (isDeepStrictEqual(spec.clusterIPs, before.clusterIPs)) spec.clusterIPs = spec.clusterIPs?.slice(0, 1) ?? []
      if (isDeepStrictEqual(spec.ipFamilies, before.ipFamilies)) spec.ipFamilies = spec.ipFamilies?.slice(0, 1) ?? []
    }
  }
  for (const port of spec.ports ?? []) {
    const old = before.ports?.find((other) => other.port === port.port && other.protocol === port.protocol)
    if (!opensNodePorts(spec) && old?.nodePort === port.nodePort) delete port.nodePort
    else if (opensNodePorts(spec) && old?.nodePort) port.nodePort ??= old.nodePort
  }
}

/** What is wrong with a Service before any address is allocated. */
export function serviceCauses(service: KubeObject, before: KubeObject | undefined): Cause[] {
  const spec = specOf(service)
  const { ports = [], clusterIPs = [], type } = spec
  const headless = clusterIPs[0] === 'None'
  return [
    ...(ports.length === 0 && !headless && type !== 'ExternalName' ? [required('spec.ports')] : []),
    ...ports.flatMap((port, index) => portCauses(port, `spec.ports[${index}]`, ports.length > 1)),
    ...ports.flatMap(({ nodePort }, index) =>
      nodePort && type === 'ClusterIP'
        ? [fixed(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'")]
        : [],
    ),
    ...familyCauses(spec),
    ...timeoutCauses(spec),
    ...repeated(
      ports.map(({ name }) => name),
      (index) => `spec.ports[${index}].name`,
    ),
    ...ports.flatMap((port, index) => {
      const same = ports.findIndex((other) => other.port === port.port && other.protocol === port.protocol)
      return same < index ? [duplicate(`spec.ports[${index}]`, port)] : []
    }),
    ...oneOf('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...oneOf('spec.type', type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']),
    ...oneOf('spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']),
    ...oneOf('spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local']),
    ...(type === 'ExternalName' && !spec.externalName ? [required('spec.externalName')] : []),
    ...clusterIPs.flatMap((ip, index) => (ip === 'None' ? [] : ipAddress(`spec.clusterIPs[${index}]`, ip))),
    ...loadBalancerCauses(spec, before && specOf(before)),
    ...(before ? changeCauses(spec, specOf(before)) : []),
  ]
}

function familyCauses({ ipFamilyPolicy: policy, ipFamilies = [], clusterIPs = [] }: V1ServiceSpec): Cause[] {
  if (policy !== 'SingleStack' || Math.max(ipFamilies.length, clusterIPs.length) < 2) return []
  const several = clusterIPs.length > 1 ? 'clusterIPs' : 'ipFamilies'
  return [
    wrong(
      'spec.ipFamilyPolicy',
      policy,
      `must be RequireDualStack or PreferDualStack when multiple ${several} are given`,
    ),
  ]
}

function timeoutCauses({ sessionAffinityConfig }: V1ServiceSpec): Cause[] {
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (seconds === undefined || (seconds > 0 && seconds <= DAY)) return []
  const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds'
  return [wrong(field, seconds, `must be greater than 0 and less than ${DAY}`)]
}

function portCauses(port: V1ServicePort, at: string, several: boolean): Cause[] {
  return [
    ...(several && !port.name ? [required(`${at}.name`)] : []),
    ...portRange(`${at}.port`, port.port),
    ...oneOf(`${at}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
    ...(typeof port.targetPort === 'number' ? portRange(`${at}.targetPort`, port.targetPort) : []),
  ]
}

function changeCauses(after: V1ServiceSpec, before: V1ServiceSpec): Cause[] {
  const kept = after.clusterIPs?.[0] === before.clusterIPs?.[0]
  if (kept || !before.clusterIP || before.type === 'ExternalName' || after.type === 'ExternalName') return []
  return [wrong('spec.clusterIPs[0]', after.clusterIPs, 'may not change once set')]
}
