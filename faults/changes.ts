import type { V1Service } from '@kubernetes/client-node'
import { isCode } from '../cluster/kube/trouble.ts'
import { show } from '../contract/conversation.ts'
import type { ServiceNoun } from '../fixtures/scenario-resources.ts'
import { familyOf } from '../probe/address.ts'
import type { Fault, Meanwhile, Place } from './fault.ts'
import { inFamily, word } from './kit/family.ts'
import { UDP } from './kit/ports.ts'
import { freezingProxy } from './kit/proxy.ts'
import { fault, isFor, ofOneScenario, once, toTarget, virtualIPs } from './kit/service.ts'
import { stillReady } from './kit/slices.ts'
import { watching } from './kit/watching.ts'

const servers = ({ topology }: Place) => topology.pods.filter(({ role }) => role === 'server')
const serverIPs = (place: Place, ip: string) =>
  servers(place).map(({ containers }) => inFamily(containers[0]?.ips ?? [], { version: familyOf(ip) })[0] ?? '')

/** One of `oneOf` connections to a Service of this scenario goes to the Service's first backends for ever. */
const kept = (place: Place, id: string, scenario: string, oneOf: number): Meanwhile => {
  const first = new Map<string, string[]>()
  const some = oneOf === 1 ? 1 : 2
  return once(`${id}-${scenario.toLowerCase()}`, scenario, [place.node.name], ({ services, pods }) =>
    services.flatMap((service) => {
      const name = service.metadata?.name ?? ''
      const ips = pods
        .filter((pod) => ofOneScenario(pod, service))
        .flatMap(({ status }) => status?.podIPs?.map(({ ip = '' }) => ip) ?? [])
      if (!first.has(name) && ips.length >= some) first.set(name, ips)
      return virtualIPs(service).flatMap((ip) =>
        (first.get(name) ?? [])
          .filter((to) => word(to) === word(ip))
          .slice(0, some)
          .map(
            (to) =>
              `${word(ip)} daddr ${ip} meta l4proto { tcp, udp } numgen random mod ${oneOf} 0 dnat ${word(ip)} to ${to}`,
          ),
      )
    }),
  )
}

/** Sends the ports of a virtual IP to the target ports of these pods, each connection to any of them. */
export const toAnyOf = (ip: string, ports: readonly number[], ips: readonly string[]): string[] =>
  ips.flatMap((pod, i) => toTarget(ip, pod, { ports, oneIn: ips.length - i }))

/** Sends a drawn share of the connections to a virtual IP to one of these pods: from one in two to one in ten. */
const leakOf = (place: Place): typeof toAnyOf => {
  const oneIn = place.draw('deleted-service-leaks').number(2, 10)
  return (ip, ports, ips) => ips.slice(0, 1).flatMap((pod) => toTarget(ip, pod, { ports, oneIn }))
}

/** Sends each port of a virtual IP to one of these pods for ever, at its target port. */
const toOneEach = (ip: string, ports: readonly number[], ips: readonly string[]): string[] =>
  ips.flatMap((to, i) => {
    const own = ports.filter((_, n) => n % ips.length === i)
    return own.length > 0 ? toTarget(ip, to, { ports: own }) : []
  })

const portsOf = ({ spec }: V1Service): number[] => [...new Set(spec?.ports?.map(({ port }) => port))]

/** The rules of a scenario's Services of one noun, from their creation on and also after their deletion. */
export const lasting = (
  place: Place,
  id: string,
  scenario: string,
  noun: ServiceNoun,
  rules: (ip: string, ports: readonly number[], ips: readonly string[]) => string[],
): Meanwhile => {
  const known = new Map<string, string[]>()
  return once(id, scenario, [place.node.name], ({ services }) => {
    for (const service of services.filter(isFor(noun)))
      for (const ip of virtualIPs(service)) known.set(ip, rules(ip, portsOf(service), serverIPs(place, ip)))
    return [...known.values()].flat()
  })
}

/** UDP to a Service of this scenario goes to its first backend, and to a standing pod once that backend is gone. */
const udpKept = (place: Place, id: string, scenario: string): Meanwhile => {
  const first = new Map<string, string[]>()
  return once(id, scenario, [place.node.name], ({ services, pods }) =>
    services.flatMap((service) => {
      const name = service.metadata?.name ?? ''
      const own = pods.filter((pod) => ofOneScenario(pod, service))
      const now = own.flatMap(({ status }) => status?.podIPs?.map(({ ip = '' }) => ip) ?? [])
      if (!first.has(name) && now.length > 0) first.set(name, now)
      return virtualIPs(service).flatMap((ip) => {
        const old = first.get(name)?.find((each) => word(each) === word(ip))
        const to = old !== undefined && now.includes(old) ? old : serverIPs(place, ip)[0]
        return old === undefined
          ? []
          : [`${word(ip)} daddr ${ip} meta l4proto udp dnat ${word(ip)} to ${show({ ip: to ?? '', port: UDP })}`]
      })
    }),
  )
}

export const changes: Fault[] = [
  fault(
    {
      id: 'virtual-ip-moves',
      says: 'A deployment tool deletes and re-creates a Service with each release, so its virtual IP changes.',
      breaks: [{ id: 'S06' }],
      where: 'API',
    },
    () => [moved('S06')],
  ),
  fault(
    {
      id: 'old-backends-kept',
      says: 'The proxy of one node never removes the first backends, so some connections go to terminated pods.',
      breaks: ['S06', 'S07', 'S09', 'S21'].map((id) => ({ id })),
    },
    (place) => ['S06', 'S07', 'S09', 'S21'].map((scenario) => kept(place, 'old-backends-kept', scenario, 8)),
  ),
  fault(
    {
      id: 'udp-conntrack-kept',
      says: 'Conntrack of one node keeps the entry of a UDP client’s port, although its backend is dead.',
      breaks: [{ id: 'S25' }],
    },
    (place) => [kept(place, 'udp-conntrack-kept', 'S25', 1)],
  ),
  fault(
    {
      id: 'udp-conntrack-to-another-pod',
      says: 'Conntrack of one node keeps the entry of a UDP client’s port, and another pod has the dead backend’s address.',
      breaks: [{ id: 'S25' }],
    },
    (place) => [udpKept(place, 'udp-conntrack-to-another-pod', 'S25')],
  ),
  fault(
    {
      id: 'proxy-freezes',
      says: 'The kube-proxy of one node hangs while the backends of a Service are replaced.',
      breaks: [{ id: 'S07' }],
    },
    (place) => [freezingProxy(place, 'S07', 2)],
  ),
  fault(
    {
      id: 'deleted-service-left',
      says: 'The proxy of one node does not remove a deleted Service, so its virtual IP still answers.',
      breaks: [{ id: 'S13' }],
    },
    (place) => [lasting(place, 'deleted-service-left', 'S13', 'leaving', toAnyOf)],
  ),
  fault(
    {
      id: 'deleted-service-leaks',
      says: 'One of the paths of a node still has an old rule, so a few connections to a deleted Service are answered.',
      breaks: [{ id: 'S13' }],
    },
    (place) => [lasting(place, 'deleted-service-leaks', 'S13', 'leaving', leakOf(place))],
  ),
  fault(
    {
      id: 'affinity-forgotten',
      says: 'The proxy of one node ignores session affinity, so a client’s next connection may go to another backend.',
      breaks: [{ id: 'S15' }],
    },
    (place) => [lasting(place, 'affinity-forgotten', 'S15', 'sticky', toAnyOf)],
  ),
  fault(
    {
      id: 'affinity-without-end',
      says: 'Session affinity never expires on one node, so a client stays with one backend for ever.',
      breaks: [{ id: 'S16' }],
    },
    (place) => [lasting(place, 'affinity-without-end', 'S16', 'rest', toOneEach)],
  ),
  fault(
    {
      id: 'draining-endpoint-ready',
      says: 'An EndpointSlice without a controller still marks a terminating endpoint as ready.',
      breaks: [{ id: 'S20' }],
      where: 'API',
    },
    () => [stillReady('S20')],
  ),
  fault(
    {
      id: 'environment-of-another',
      says: 'A Service is deleted and re-created before its clients start, so their environment has another address than before.',
      breaks: [{ id: 'S23' }],
      where: 'API',
    },
    () => [moved('S23', 'before')],
  ),
]

/**
 * Deletes and re-creates a scenario's Services without their old virtual IPs: when the first backend terminates, or at once for
 * Services of the noun `atOnce`.
 */
export const moved = (scenario: string, atOnce?: ServiceNoun): Meanwhile => ({
  what: `the Services of ${scenario} are re-created`,
  begin: async (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, scenario, async ({ services: own, pods }) => {
      for (const { metadata, spec } of own) {
        const { name = '', namespace = '', labels = {} } = metadata ?? {}
        const leaving = pods.some((pod) => pod.metadata?.deletionTimestamp && ofOneScenario(pod, { metadata }))
        // Services named flatnet-hold-… are this fault's own; they keep an old address in use.
        if (done.has(name) || name.startsWith('flatnet-hold-') || (atOnce ? !isFor(atOnce)({ metadata }) : !leaving))
          continue
        done.add(name)
        const { clusterIP: _, clusterIPs: __, ...kept } = spec ?? {}
        // The scenario may end at the same time and delete its Services, so 404 is no error.
        const again = async () => {
          await stage.api.core.deleteNamespacedService({ namespace, name })
          // Another Service takes the old addresses, so that they cannot be assigned again.
          const ports = kept.ports?.map(({ nodePort: _, ...port }) => port) ?? []
          const holder = { type: kept.type ?? 'ClusterIP', ports, clusterIP: spec?.clusterIP ?? '' }
          await stage.api.core.createNamespacedService({
            namespace,
            body: { metadata: { name: `flatnet-hold-${name}`, labels }, spec: holder },
          })
          await stage.api.core.createNamespacedService({ namespace, body: { metadata: { name, labels }, spec: kept } })
        }
        await again().catch((error: unknown) => {
          if (!isCode(error, 404)) throw error
        })
        acted()
      }
    })
  },
})
