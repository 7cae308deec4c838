import type { V1IngressBackend } from '@kubernetes/client-node'
import { ingressController } from './names.ts'
import type { Rule } from './rules.ts'
import type { Ingress, Snapshot } from './snapshot.ts'
import type { Target } from './targets.ts'

/** The default backend of an Ingress, and the hosts of its rules. */
export interface DefaultBackend {
  readonly hosts: readonly string[]
  readonly target: Target
}

/** The Ingresses of this controller: their class names it. */
export function ownIngresses({ ingresses, ingressClasses }: Snapshot): Ingress[] {
  const own = ingressClasses.filter(({ spec }) => spec?.controller === ingressController)
  const names = new Set(own.map(({ metadata }) => metadata.name))
  return ingresses.filter(({ spec }) => names.has(spec?.ingressClassName ?? ''))
}

/** The rules of an Ingress. */
export function ingressRules({ metadata: { namespace = '' }, spec }: Ingress): Rule<Target>[] {
  return (spec?.rules ?? []).flatMap(({ host = '', http }) => {
    const common = { host, wildcard: 'one label' as const }
    // Such a rule takes a host and no path of it: the default backend serves the host.
    if (!http) return [{ ...common, pathType: 'Exact' as const, path: '', target: [] }]
    return http.paths.map(({ path = '/', pathType, backend }) => ({
      ...common,
      pathType: pathType === 'Exact' ? ('Exact' as const) : ('Prefix' as const),
      path,
      target: targetOf(backend, namespace),
    }))
  })
}

/** The default backend of an Ingress, if it has one. */
export function defaultBackends({ metadata: { namespace = '' }, spec }: Ingress): DefaultBackend[] {
  if (!spec?.defaultBackend) return []
  const hosts = (spec.rules ?? []).map(({ host = '' }) => host)
  return [{ hosts, target: targetOf(spec.defaultBackend, namespace) }]
}

function targetOf({ service }: V1IngressBackend, namespace: string): Target {
  const port = service?.port?.number ?? service?.port?.name
  if (!service || port === undefined) return [{ weight: 1 }]
  return [{ weight: 1, backend: { namespace, service: service.name, port } }]
}
