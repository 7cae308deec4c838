import { isDeepStrictEqual } from 'node:util'
import type { V1Condition } from '@kubernetes/client-node'
import { type Gateway, type GatewayClass, gatewayGroup, type HttpRoute, type Listener } from '../gateway-api.ts'
import { timestamp } from '../timestamp.ts'
import { attach, gatewayOf, judgeListener, ownGateways, type Verdict, verdict } from './gateway-attachment.ts'
import { judgeBackends } from './gateway-rules.ts'
import { gatewayController } from './names.ts'
import type { Snapshot } from './snapshot.ts'
import type { Address, StatusWrite } from './status-write.ts'

const root = `/apis/${gatewayGroup}/v1`

/** The statuses to write to GatewayClasses, Gateways and HTTPRoutes. */
export function gatewayStatuses(snapshot: Snapshot, addresses: readonly Address[]): StatusWrite[] {
  const gateways = ownGateways(snapshot)
  return [
    ...snapshot.gatewayClasses.flatMap(classStatus),
    ...gateways.flatMap((gateway) => gatewayStatus(gateway, snapshot.routes, addresses)),
    ...snapshot.routes.flatMap((route) => routeStatus(route, gateways, snapshot)),
  ]
}

function classStatus({ metadata, spec, status }: GatewayClass): StatusWrite[] {
  if (spec.controllerName !== gatewayController) return []
  const conditions = conditionsOf({ Accepted: verdict(true, 'Accepted') }, metadata.generation, status?.conditions)
  return unlessEqual(`${root}/gatewayclasses/${metadata.name}`, status, { conditions })
}

function gatewayStatus(gateway: Gateway, routes: readonly HttpRoute[], addresses: readonly Address[]): StatusWrite[] {
  const { metadata, spec, status } = gateway
  const { generation } = metadata
  const judged = spec.listeners.map(judgeListener)
  const bad = judged.find(({ holds }) => !holds)
  const accepted = bad
    ? verdict(
        judged.some(({ holds }) => holds),
        'ListenersNotValid',
        bad.message,
      )
    : verdict(true, 'Accepted')
  const conditions = conditionsOf(
    { Accepted: accepted, Programmed: programmed(bad, addresses) },
    generation,
    status?.conditions,
  )
  const listeners = spec.listeners.map((listener, index) => {
    const own = judged[index] ?? verdict(true, 'Accepted')
    const before = status?.listeners?.find(({ name }) => name === listener.name)?.conditions
    const verdicts = {
      Accepted: own,
      Programmed: programmed(own.holds ? undefined : own, addresses),
      ResolvedRefs: verdict(true, 'ResolvedRefs'),
    }
    return {
      name: listener.name,
      supportedKinds: [{ group: gatewayGroup, kind: 'HTTPRoute' }],
      attachedRoutes: routes.filter((route) => isAttached(route, gateway, listener)).length,
      conditions: conditionsOf(verdicts, generation, before),
    }
  })
  const values = addresses.map((address) =>
    'ip' in address ? { type: 'IPAddress', value: address.ip } : { type: 'Hostname', value: address.hostname },
  )
  const path = `${root}/namespaces/${metadata.namespace}/gateways/${metadata.name}`
  return unlessEqual(path, status, { addresses: bad ? [] : values, conditions, listeners })
}

function programmed(bad: Verdict | undefined, addresses: readonly Address[]): Verdict {
  if (bad) return verdict(false, 'Invalid', bad.message)
  if (addresses.length === 0) return verdict(false, 'AddressNotAssigned', 'the controller has no address yet')
  return verdict(true, 'Programmed')
}

function isAttached(route: HttpRoute, gateway: Gateway, listener: Listener): boolean {
  return (route.spec.parentRefs ?? []).some(
    (parent) => gatewayOf([gateway], route, parent) && attach(route, parent, gateway).hosts.has(listener),
  )
}

function routeStatus(route: HttpRoute, gateways: readonly Gateway[], snapshot: Snapshot): StatusWrite[] {
  const { metadata, spec, status } = route
  const present = status?.parents ?? []
  const resolved = judgeBackends(route, snapshot)
  const own = (spec.parentRefs ?? []).flatMap((parentRef) => {
    const gateway = gatewayOf(gateways, route, parentRef)
    if (!gateway) return []
    const before = present.find((parent) => isDeepStrictEqual(parent.parentRef, parentRef))?.conditions
    const verdicts = { Accepted: attach(route, parentRef, gateway), ResolvedRefs: resolved }
    return [
      { parentRef, controllerName: gatewayController, conditions: conditionsOf(verdicts, metadata.generation, before) },
    ]
  })
  const parents = [...present.filter(({ controllerName }) => controllerName !== gatewayController), ...own]
  return unlessEqual(`${root}/namespaces/${metadata.namespace}/httproutes/${metadata.name}`, status, { parents })
}

/** Conditions for verdicts. The time is that of the last change. */
function conditionsOf(
  verdicts: Readonly<Record<string, Verdict>>,
  observedGeneration = 0,
  before: readonly V1Condition[] = [],
): V1Condition[] {
  return Object.entries(verdicts).map(([type, { holds, reason, message }]) => {
    const status = holds ? 'True' : 'False'
    const same = before.find((condition) => condition.type === type && condition.status === status)
    const lastTransitionTime = same?.lastTransitionTime ?? (timestamp() as unknown as Date)
    return { type, status, reason, message, observedGeneration, lastTransitionTime }
  })
}

function unlessEqual(path: string, present: object | undefined, wanted: object): StatusWrite[] {
  return isDeepStrictEqual({ ...present, ...wanted }, { ...present }) ? [] : [{ path, status: wanted }]
}
