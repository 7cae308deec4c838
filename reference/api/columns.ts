import type {
  V1EndpointSlice,
  V1LabelSelector,
  V1NodeStatus,
  V1ServicePort,
  V1ServiceSpec,
} from '@kubernetes/client-node'
import type { KubeObject } from '../contract.ts'

/** One column of what `kubectl get` prints; priority 1 is for `-o wide`. */
export interface Column {
  name: string
  type: 'string' | 'integer'
  priority: 0 | 1
  cell: (object: KubeObject) => string | number
}

/** A column of text. */
export const column = (name: string, cell: Column['cell'], priority: 0 | 1 = 0): Column => ({
  name,
  type: 'string',
  priority,
  cell,
})

/** A column that only `-o wide` shows. */
export const wide = (name: string, cell: Column['cell']): Column => column(name, cell, 1)

export const none = '<none>'
export const name = column('Name', ({ metadata }) => metadata.name)
export const age = column('Age', ({ metadata }) => ageOf(metadata.creationTimestamp))

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

const service_ = (object: KubeObject) => spec<V1ServiceSpec>(object)
const portText = ({ port, nodePort, protocol }: V1ServicePort) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`

function externalAddress(object: KubeObject): string {
  const { type, externalName, externalIPs = [] } = service_(object)
  if (type === 'ExternalName') return externalName ?? none
  const ingress = (object.status as { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } } | undefined)
    ?.loadBalancer?.ingress
  const given = (ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? '')
  const all = [...(type === 'LoadBalancer' ? given : []), ...externalIPs].join(',')
  return all || (type === 'LoadBalancer' ? '<pending>' : none)
}

export const service = [
  name,
  column('Type', (object) => service_(object).type ?? ''),
  column('Cluster-IP', (object) => service_(object).clusterIP || none),
  column('External-IP', externalAddress),
  column('Port(s)', (object) => (service_(object).ports ?? []).map(portText).join(',') || none),
  age,
  wide('Selector', (object) => selectorText(service_(object).selector)),
]

const slice = (object: KubeObject) => object as unknown as V1EndpointSlice
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

/** How long ago a time was, in kubectl's words. */
export function ageOf(time: string | undefined): string {
  if (!time) return '<unknown>'
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time)) / 1000))
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ]
  const two = (big: string, rest: number, unit: string) => (rest === 0 ? big : `${big}${rest}${unit}`)
  if (seconds < 120) return `${seconds}s`
  if (minutes < 10) return two(`${minutes}m`, seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  if (hours < 8) return two(`${hours}h`, minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  if (days < 8) return two(`${days}d`, hours % 24, 'h')
  return `${days}d`
}
