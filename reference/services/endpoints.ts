import type { V1Endpoint, V1ServicePort } from '@kubernetes/client-node'
import type { Pod } from '../kubelet/pod.ts'
import { isFinal, isReady } from '../kubelet/pod-status.ts'
import { type Family, familyOf, type Service, type Slice } from './service-objects.ts'

/** The content of an EndpointSlice that has no name yet. */
export type Content = Pick<Slice, 'addressType' | 'ports'> & { endpoints: V1Endpoint[] }

/**
 * The endpoints of a Service: one slice for each version of IP, and one more for each other number that pods give to a
 * named port.
 */
export function contentsOf(service: Service, pods: readonly Pod[], zones: ReadonlyMap<string, string>): Content[] {
  const { ipFamilies = [], type } = service.spec
  if (type === 'ExternalName') return []
  const chosen = pods.filter((pod) => selects(service, pod.metadata.labels) && !isFinal(pod.status?.phase))
  return ipFamilies.flatMap((family) => {
    const groups = Map.groupBy(chosen.filter(hasAddress(family as Family)), (pod) =>
      JSON.stringify(portsFor(service, pod)),
    )
    const contents = [...groups].map(([ports, members]): Content => {
      const endpoints = members.map((pod) => endpoint(service, pod, family as Family, zones))
      return { addressType: family, endpoints: hinted(service, endpoints), ports: JSON.parse(ports) }
    })
    return contents.length > 0 ? contents : [{ addressType: family, endpoints: [], ports: [] }]
  })
}

/** Whether the cluster keeps the endpoints of a Service, and not a client. */
export const hasSelector = ({ spec: { selector } }: Service): boolean => Object.keys(selector ?? {}).length > 0

/** Whether a Service's selector matches a pod with these labels. An empty selector matches none. */
export function selects({ spec: { selector } }: Service, labels: Record<string, string> = {}): boolean {
  const wanted = Object.entries(selector ?? {})
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)
}

const hasAddress = (family: Family) => (pod: Pod) => addressOf(pod, family) !== undefined

const addressOf = ({ status }: Pod, family: Family) => status?.podIPs?.find(({ ip }) => familyOf(ip) === family)?.ip

function portsFor({ spec: { ports = [] } }: Service, pod: Pod): Content['ports'] {
  return ports.flatMap((port) => {
    const number = numberOf(port, pod)
    const { name = '', protocol = 'TCP', appProtocol } = port
    return number ? [{ name, protocol, port: number, ...(appProtocol && { appProtocol }) }] : []
  })
}

function numberOf({ targetPort, port, protocol = 'TCP' }: V1ServicePort, { spec }: Pod): number | undefined {
  if (targetPort === undefined) return port
  if (typeof targetPort === 'number') return targetPort
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  return [...spec.containers, ...sidecars]
    .flatMap(({ ports = [] }) => ports)
    .find(({ name, protocol: own = 'TCP' }) => name === targetPort && own === protocol)?.containerPort
}

function endpoint(service: Service, pod: Pod, family: Family, zones: ReadonlyMap<string, string>): V1Endpoint {
  const { name, namespace, uid, deletionTimestamp } = pod.metadata
  const { nodeName, hostname, subdomain } = pod.spec
  const serving = isReady(pod)
  const terminating = deletionTimestamp !== undefined
  const ready = service.spec.publishNotReadyAddresses || (serving && !terminating)
  const zone = zones.get(nodeName ?? '')
  return {
    addresses: [addressOf(pod, family) ?? ''],
    conditions: { ready, serving, terminating },
    ...(hostname && subdomain === service.metadata.name && { hostname }),
    ...(nodeName && { nodeName }),
    targetRef: { kind: 'Pod', ...(namespace && { namespace }), name, ...(uid && { uid }) },
    ...(zone && { zone }),
  }
}

/**
 * Adds hints to the endpoints of a Service that has a trafficDistribution: the node and the zone that should use each.
 */
function hinted({ spec: { trafficDistribution } }: Service, endpoints: V1Endpoint[]): V1Endpoint[] {
  if (!trafficDistribution || !endpoints.every(({ nodeName }) => nodeName)) return endpoints
  const zoned = endpoints.every(({ zone }) => zone)
  const sameNode = trafficDistribution === 'PreferSameNode'
  if (!zoned && !sameNode) return endpoints
  return endpoints.map((each) => ({
    ...each,
    hints: {
      ...(sameNode && { forNodes: [{ name: each.nodeName ?? '' }] }),
      ...(zoned && { forZones: [{ name: each.zone ?? '' }] }),
    },
  }))
}
