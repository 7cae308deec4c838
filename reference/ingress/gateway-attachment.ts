import { type Gateway, gatewayGroup, type HttpRoute, type Listener, type ParentRef } from '../gateway-api.ts'
import { covers } from './hosts.ts'
import { gatewayController } from './names.ts'
import type { Snapshot } from './snapshot.ts'

/** The one port of listeners that works. */
const supportedPort = 80

/** How a condition of the Gateway API is, and why. */
export interface Verdict {
  readonly holds: boolean
  readonly reason: string
  readonly message: string
}

/** A verdict in short. */
export const verdict = (holds: boolean, reason: string, message = ''): Verdict => ({ holds, reason, message })

/** Where a route is attached by one of its parents: the hosts that it gets at each listener. */
export interface Attachment extends Verdict {
  readonly hosts: ReadonlyMap<Listener, readonly string[]>
}

/** The Gateways of this controller: their class names it. */
export function ownGateways({ gateways, gatewayClasses }: Snapshot): Gateway[] {
  const own = gatewayClasses.filter(({ spec }) => spec.controllerName === gatewayController)
  const names = new Set(own.map(({ metadata }) => metadata.name))
  return gateways.filter(({ spec }) => names.has(spec.gatewayClassName))
}

/** Whether a listener is one that this controller serves. */
export function judgeListener({ port, protocol }: Listener): Verdict {
  if (protocol !== 'HTTP')
    return verdict(false, 'UnsupportedProtocol', `protocol ${protocol} is not supported: only HTTP`)
  if (port !== supportedPort)
    return verdict(false, 'PortUnavailable', `port ${port} is not available: only ${supportedPort}`)
  return verdict(true, 'Accepted')
}

/** The Gateway that a parent of a route names; undefined when it is not among the given ones. */
export function gatewayOf(
  gateways: readonly Gateway[],
  { metadata }: HttpRoute,
  parent: ParentRef,
): Gateway | undefined {
  if ((parent.group ?? gatewayGroup) !== gatewayGroup || (parent.kind ?? 'Gateway') !== 'Gateway') return undefined
  const namespace = parent.namespace ?? metadata.namespace
  return gateways.find((gateway) => gateway.metadata.name === parent.name && gateway.metadata.namespace === namespace)
}

/** Attaches a route to the listeners of a Gateway that one of its parents names. */
export function attach(route: HttpRoute, parent: ParentRef, gateway: Gateway): Attachment {
  const refused = (reason: string, message: string) => ({ ...verdict(false, reason, message), hosts: new Map() })
  const named = gateway.spec.listeners.filter(
    ({ name, port }) => (parent.sectionName ?? name) === name && (parent.port ?? port) === port,
  )
  if (named.length === 0) return refused('NoMatchingParent', 'the Gateway has no such listener')
  const allowed = named.filter((listener) => allows(listener, gateway, route))
  if (allowed.length === 0) return refused('NotAllowedByListeners', 'no listener allows this route')
  const hosts = new Map(allowed.map((listener) => [listener, commonHosts(listener, route)] as const))
  const matching = [...hosts].filter(([, names]) => names.length > 0)
  if (matching.length === 0)
    return refused('NoMatchingListenerHostname', 'no listener has a hostname in common with the route')
  const unsupported = unsupportedField(route)
  if (unsupported) return refused('UnsupportedValue', `${unsupported} is not supported`)
  return { ...verdict(true, 'Accepted'), hosts: new Map(matching) }
}

function allows({ allowedRoutes }: Listener, gateway: Gateway, route: HttpRoute): boolean {
  const { namespaces, kinds } = allowedRoutes ?? {}
  const from = namespaces?.from ?? 'Same'
  const isNear = from === 'All' || (from === 'Same' && gateway.metadata.namespace === route.metadata.namespace)
  return isNear && (!kinds?.length || kinds.some(({ kind }) => kind === 'HTTPRoute'))
}

function commonHosts({ hostname = '' }: Listener, { spec: { hostnames } }: HttpRoute): string[] {
  return (hostnames?.length ? hostnames : ['']).flatMap((host) => {
    if (covers(hostname, host, 'labels')) return [host || hostname]
    return covers(host, hostname, 'labels') ? [hostname] : []
  })
}

/** The name of a field of a route that this controller does not support; undefined when there is none. */
function unsupportedField({ spec: { rules = [] } }: HttpRoute): string | undefined {
  for (const { matches = [], backendRefs = [], filters = [] } of rules) {
    if (filters.length > 0 || backendRefs.some((backend) => backend.filters?.length)) return 'filters'
    for (const { path, headers, method, queryParams } of matches) {
      if (path?.type === 'RegularExpression') return 'path type RegularExpression'
      if (headers?.length) return 'headers'
      if (method) return 'method'
      if (queryParams?.length) return 'queryParams'
    }
  }
  return undefined
}
