import { isCode } from '../cluster/kube/trouble.ts'
import type { ServiceNoun } from '../fixtures/scenario-resources.ts'
import { familyOf } from '../probe/address.ts'
import type { Fault, Meanwhile, Place } from './fault.ts'
import { inFamily, word } from './kit/family.ts'
import { TCP } from './kit/ports.ts'
import { fault, isFor, ofOneScenario, once, virtualIPs } from './kit/service.ts'
import { watching } from './kit/watching.ts'

const servers = ({ topology }: Place) => topology.pods.filter(({ role }) => role === 'server')
const serverIPs = (place: Place, ip: string) =>
  servers(place).map(({ containers }) => inFamily(containers[0]?.ips ?? [], { version: familyOf(ip) })[0] ?? '')

/** Of so many requests to a Service of that scenario's, one goes to each of its first backends for ever. */
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

/** Rules for a scenario's Services from their first moment on. */
const forever = (
  place: Place,
  id: string,
  scenario: string,
  noun: ServiceNoun | undefined,
  verdict: (ip: string) => string,
): Meanwhile =>
  once(id, scenario, [place.node.name], ({ services }) =>
    services
      .filter((service) => noun === undefined || isFor(noun)(service))
      .flatMap(virtualIPs)
      .map((ip) => `${word(ip)} daddr ${ip} meta l4proto { tcp, udp } ${verdict(ip)}`),
  )

/** A choice that is made anew for each connection. */
const anyOf = (ip: string, ips: readonly string[]) =>
  `dnat ${word(ip)} to numgen random mod ${ips.length} map { ${ips.map((each, n) => `${n} : ${each}`).join(', ')} }`

export const changes: Fault[] = [
  fault(
    {
      id: 'virtual-ip-moves',
      says: 'Somebody’s tooling deletes and re-creates a Service with each release: its virtual IP is another one.',
      breaks: [{ id: 'S06' }],
      where: 'API',
    },
    () => [moved('S06')],
  ),
  fault(
    {
      id: 'old-backends-kept',
      says: 'One node’s rules keep the first backends for ever: some requests go to pods that have left.',
      breaks: ['S06', 'S07', 'S09', 'S21'].map((id) => ({ id })),
    },
    (place) => ['S06', 'S07', 'S09', 'S21'].map((scenario) => kept(place, 'old-backends-kept', scenario, 8)),
  ),
  fault(
    {
      id: 'udp-conntrack-kept',
      says: 'A node remembers where a UDP client’s port was led to, though that backend is dead.',
      breaks: [{ id: 'S25' }],
    },
    (place) => [kept(place, 'udp-conntrack-kept', 'S25', 1)],
  ),
  fault(
    {
      id: 'deleted-service-left',
      says: 'A deleted Service stays in one node’s rules, and its address in use.',
      breaks: [{ id: 'S13' }],
    },
    (place) => [
      forever(
        place,
        'deleted-service-left',
        'S13',
        undefined,
        (ip) => `dnat ${word(ip)} to ${serverIPs(place, ip)[0]}`,
      ),
    ],
  ),
  fault(
    {
      id: 'affinity-forgotten',
      says: 'Session affinity is not kept: a client’s next connection goes to another backend.',
      breaks: [{ id: 'S15' }],
    },
    (place) => [forever(place, 'affinity-forgotten', 'S15', 'sticky', (ip) => anyOf(ip, serverIPs(place, ip)))],
  ),
  fault(
    {
      id: 'affinity-without-end',
      says: 'Session affinity outlasts its timeout: a client is tied to one backend for good.',
      breaks: [{ id: 'S16' }],
    },
    (place) => [
      forever(place, 'affinity-without-end', 'S16', 'rest', (ip) => `dnat ${word(ip)} to ${serverIPs(place, ip)[0]}`),
    ],
  ),
  fault(
    {
      id: 'draining-endpoint-ready',
      says: 'An endpoint that drains is still called ready by a slice that nobody keeps.',
      breaks: [{ id: 'S20' }],
      where: 'API',
    },
    () => [stillReady('S20')],
  ),
  fault(
    {
      id: 'environment-of-another',
      says: 'A Service is deleted and made again before its clients start: their environment has another address.',
      breaks: [{ id: 'S23' }],
      where: 'API',
    },
    () => [moved('S23', 'before')],
  ),
]

/** Endpoints that say ready for as long as their scenario goes on. */
const stillReady = (scenario: string): Meanwhile => ({
  what: `slices for the pods of ${scenario}`,
  begin: async (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, scenario, async ({ services, pods }) => {
      for (const { metadata, status, spec } of pods) {
        const { name = '', namespace = '', uid = '' } = metadata ?? {}
        const service = services.find((each) => ofOneScenario(each, { metadata }))
        const ip = status?.podIP
        if (!ip || !service || done.has(uid)) continue
        done.add(uid)
        const labels = {
          ...service.metadata?.labels,
          'kubernetes.io/service-name': service.metadata?.name ?? '',
          'endpointslice.kubernetes.io/managed-by': 'flatnet.fault',
        }
        const owner = {
          apiVersion: 'v1',
          kind: 'Service',
          name: service.metadata?.name ?? '',
          uid: service.metadata?.uid ?? '',
        }
        await stage.api.discovery.createNamespacedEndpointSlice({
          namespace,
          body: {
            metadata: { name: `${name}-flatnet`, labels, ownerReferences: [owner] },
            addressType: ip.includes(':') ? 'IPv6' : 'IPv4',
            endpoints: [
              {
                addresses: [ip],
                conditions: { ready: true, serving: true, terminating: false },
                targetRef: { kind: 'Pod', name, namespace, uid },
                ...(spec?.nodeName !== undefined && { nodeName: spec.nodeName }),
              },
            ],
            ports:
              service.spec?.ports?.map(({ name: port, protocol }) => ({
                name: port ?? '',
                protocol: protocol ?? 'TCP',
                port: TCP,
              })) ?? [],
          },
        })
        acted()
      }
    })
  },
})

/** Once the first backend is told to end (or at once), the Service is deleted and made again, without asking for its old address. */
const moved = (scenario: string, atOnce?: ServiceNoun): Meanwhile => ({
  what: `${scenario}’s Services are made again`,
  begin: async (stage, acted) => {
    const done = new Set<string>()
    return watching(stage, scenario, async ({ services: own, pods }) => {
      for (const { metadata, spec } of own) {
        const { name = '', namespace = '', labels = {} } = metadata ?? {}
        const leaving = pods.some((pod) => pod.metadata?.deletionTimestamp && ofOneScenario(pod, { metadata }))
        // Those that hold an old address are our own.
        if (done.has(name) || name.startsWith('flatnet-hold-') || (atOnce ? !isFor(atOnce)({ metadata }) : !leaving))
          continue
        done.add(name)
        const { clusterIP: _, clusterIPs: __, ...kept } = spec ?? {}
        // The scenario may end while this goes on: what is gone is gone.
        const again = async () => {
          await stage.api.core.deleteNamespacedService({ namespace, name })
          // Its old address goes to somebody else at once.
          const holder = { ports: kept.ports ?? [], clusterIP: spec?.clusterIP ?? '' }
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
