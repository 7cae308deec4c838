import type { BackendRef, Gateway, HttpRoute } from '../gateway-api.ts'
import { portOf } from './backends.ts'
import { attach, gatewayOf, judgeListener, type Verdict, verdict } from './gateway-attachment.ts'
import type { Rule } from './rules.ts'
import type { Snapshot } from './snapshot.ts'
import type { Share, Target } from './targets.ts'

/** The rules of an HTTPRoute at the listeners that serve it. */
export function gatewayRules(route: HttpRoute, gateways: readonly Gateway[], snapshot: Snapshot): Rule<Target>[] {
  const hosts = new Set(
    (route.spec.parentRefs ?? []).flatMap((parent) => {
      const gateway = gatewayOf(gateways, route, parent)
      const attached = gateway ? [...attach(route, parent, gateway).hosts] : []
      return attached.flatMap(([listener, names]) => (judgeListener(listener).holds ? names : []))
    }),
  )
  return (route.spec.rules ?? []).flatMap(({ matches = [], backendRefs = [] }) => {
    const target = backendRefs.map((backend) => shareOf(route, backend, snapshot))
    return matches.flatMap(({ path }) =>
      [...hosts].map((host) => ({
        host,
        wildcard: 'labels' as const,
        pathType: path?.type === 'Exact' ? ('Exact' as const) : ('Prefix' as const),
        path: path?.value ?? '/',
        target,
      })),
    )
  })
}

function shareOf(route: HttpRoute, backend: BackendRef, snapshot: Snapshot): Share {
  const { name, port = 0, weight = 1 } = backend
  if (!judgeBackend(route, backend, snapshot).holds) return { weight }
  return { weight, backend: { namespace: route.metadata.namespace ?? '', service: name, port } }
}

/** Whether the backends of a route exist and may be used. */
export function judgeBackends(route: HttpRoute, snapshot: Snapshot): Verdict {
  const backends = (route.spec.rules ?? []).flatMap(({ backendRefs = [] }) => backendRefs)
  const verdicts = backends.map((backend) => judgeBackend(route, backend, snapshot))
  return verdicts.find(({ holds }) => !holds) ?? verdict(true, 'ResolvedRefs')
}

function judgeBackend({ metadata }: HttpRoute, backend: BackendRef, { services }: Snapshot): Verdict {
  const { group = '', kind = 'Service', namespace = metadata.namespace, name, port = 0 } = backend
  if (group !== '' || kind !== 'Service') return verdict(false, 'InvalidKind', `backend ${name} is no Service`)
  if (namespace !== metadata.namespace)
    return verdict(false, 'RefNotPermitted', `Service ${namespace}/${name} is in another namespace`)
  const service = services.find((found) => found.metadata.name === name && found.metadata.namespace === namespace)
  if (portOf(service, port)) return verdict(true, 'ResolvedRefs')
  return verdict(false, 'BackendNotFound', `Service ${namespace}/${name} has no port ${port}, or does not exist`)
}
