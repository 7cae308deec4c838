import type {
  V1EndpointSlice,
  V1EndpointSubset,
  V1IPAddressSpec,
  V1LabelSelector,
  V1NodeStatus,
  V1ServicePort,
  V1ServiceSpec,
} from '@kubernetes/client-node'
import type { KubeObject } from '../contract.ts'
import { hostAndPort } from '../host-and-port.ts'
import { age, ageOf, column, name, none, wide } from './column.ts'

const size = (value: unknown) => Object.keys((value as object | undefined) ?? {}).length
const spec = <T>(object: KubeObject) => (object.spec ?? {}) as T

export const plain = [name, age]
export const configMap = [name, column('Data', (map) => size(map.data) + size(map.binaryData)), age]
export const secret = [
  name,
  column('Type', ({ type }) => String(type ?? 'Opaque')),
  column('Data', ({ data }) => size(data)),
  age,
]
export const namespace = [
  name,
  column('Status', ({ status }) => (status as { phase?: string } | undefined)?.phase ?? ''),
  age,
]
export const lease = [
  name,
  column('Holder', (object) => spec<{ holderIdentity?: string }>(object).holderIdentity ?? ''),
  age,
]
export const networkPolicy = [
  name,
  column('Pod-Selector', (object) =>
    selectorText(spec<{ podSelector?: V1LabelSelector }>(object).podSelector?.matchLabels),
  ),
  age,
]

export const serviceCidr = [
  name,
  column('CIDRs', (object) => (spec<{ cidrs?: string[] }>(object).cidrs ?? []).join(',')),
  age,
]

export const ipAddress = [
  name,
  column('ParentRef', (object) => {
    const { group = '', resource = '', namespace = '', name = '' } = spec<V1IPAddressSpec>(object).parentRef ?? {}
    return [`${resource}${group && `.${group}`}`, namespace, name].filter(Boolean).join('/')
  }),
  age,
]

const rolePrefix = 'node-role.kubernetes.io/'

function nodeStatus(node: KubeObject): string {
  const ready = statusOf(node).conditions?.find(({ type }) => type === 'Ready')
  const word = !ready ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return spec<{ unschedulable?: boolean }>(node).unschedulable ? `${word},SchedulingDisabled` : word
}

const statusOf = (node: KubeObject) => (node.status ?? {}) as V1NodeStatus
const addressOf = (node: KubeObject, wanted: string) =>
  statusOf(node).addresses?.find(({ type }) => type === wanted)?.address ?? none

function roles({ metadata }: KubeObject): string {
  const labels = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(rolePrefix))
  return (
    labels
      .map((label) => label.slice(rolePrefix.length))
      .sort()
      .join(',') || none
  )
}

export const node = [
  name,
  column('Status', nodeStatus),
  column('Roles', roles),
  age,
  column('Version', (object) => statusOf(object).nodeInfo?.kubeletVersion ?? ''),
  wide('Internal-IP', (object) => addressOf(object, 'InternalIP')),
  wide('External-IP', (object) => addressOf(object, 'ExternalIP')),
  wide('OS-Image', (object) => statusOf(object).nodeInfo?.osImage || '<unknown>'),
  wide('Kernel-Version', (object) => statusOf(object).nodeInfo?.kernelVersion || '<unknown>'),
  wide('Container-Runtime', (object) => statusOf(object).nodeInfo?.containerRuntimeVersion || '<unknown>'),
]

const serviceSpec = (object: KubeObject) => spec<V1ServiceSpec>(object)
const portText = ({ port, nodePort, protocol }: V1ServicePort) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`

function externalAddress(object: KubeObject): string {
  const { type, externalName, externalIPs = [] } = serviceSpec(object)
  if (type === 'ExternalName') return externalName ?? none
  const ingress = (object.status as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } | undefined)
    ?.loadBalancer?.ingress
  const given = (ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '')
  const all = [...(type === 'LoadBalancer' ? given : []), ...externalIPs].join(',')
  return all || (type === 'LoadBalancer' ? '<pending>' : none)
}

export const service = [
  name,
  column('Type', (object) => serviceSpec(object).type ?? ''),
  column('Cluster-IP', (object) => serviceSpec(object).clusterIP || none),
  column('External-IP', externalAddress),
  column('Port(s)', (object) => (serviceSpec(object).ports ?? []).map(portText).join(',') || none),
  age,
  wide('Selector', (object) => selectorText(serviceSpec(object).selector)),
]

const slice = (object: KubeObject) => object as unknown as V1EndpointSlice
/** At most three, and how many more there are. */
const few = (all: string[]) =>
  all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')

export const endpointSlice = [
  name,
  column('AddressType', (object) => slice(object).addressType),
  column('Ports', (object) => few((slice(object).ports ?? []).map(({ port }) => String(port ?? '*'))) || '<unset>'),
  column(
    'Endpoints',
    (object) => few((slice(object).endpoints ?? []).flatMap(({ addresses }) => addresses)) || '<unset>',
  ),
  age,
]

function endpointTexts(object: KubeObject): string[] {
  return ((object.subsets ?? []) as V1EndpointSubset[]).flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => hostAndPort(ip, port))),
  )
}

export const endpoints = [name, column('Endpoints', (object) => few(endpointTexts(object)) || none), age]

interface EventFields {
  type?: string
  reason?: string
  message?: string
  count?: number
  firstTimestamp?: string
  lastTimestamp?: string
  eventTime?: string
  involvedObject?: { kind?: string; name?: string; fieldPath?: string }
  source?: { component?: string; host?: string }
  reportingComponent?: string
}
const eventOf = (object: KubeObject) => object as unknown as EventFields

export const event = [
  column('Last Seen', (object) => ageOf(eventOf(object).lastTimestamp ?? eventOf(object).eventTime)),
  column('Type', (object) => eventOf(object).type ?? ''),
  column('Reason', (object) => eventOf(object).reason ?? ''),
  column('Object', (object) => {
    const { kind = '', name = '' } = eventOf(object).involvedObject ?? {}
    return `${kind.toLowerCase()}/${name}`
  }),
  wide('Subobject', (object) => eventOf(object).involvedObject?.fieldPath ?? ''),
  wide('Source', (object) => {
    const { source, reportingComponent } = eventOf(object)
    return [source?.component ?? reportingComponent, source?.host].filter(Boolean).join(', ')
  }),
  column('Message', (object) => (eventOf(object).message ?? '').trim()),
  wide('First Seen', (object) => ageOf(eventOf(object).firstTimestamp ?? eventOf(object).eventTime)),
  wide('Count', (object) => eventOf(object).count ?? 1),
  wide('Name', ({ metadata }) => metadata.name),
]

function selectorText(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return pairs.sort().join(',') || none
}
