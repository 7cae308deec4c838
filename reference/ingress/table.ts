import { endpointsIn, type FindEndpoints } from './backends.ts'
import { ownGateways } from './gateway-attachment.ts'
import { gatewayRules } from './gateway-rules.ts'
import { defaultBackends, ingressRules, ownIngresses } from './ingress-rules.ts'
import { findHost, findRule } from './rules.ts'
import type { Snapshot } from './snapshot.ts'
import type { Target } from './targets.ts'

/** Where requests go, by one snapshot of the cluster. */
export interface Table {
  /** The target of a request; undefined when no rule and no default backend takes it. */
  find(host: string, path: string, overTls: boolean): Target | undefined
  readonly endpoints: FindEndpoints
}

/** Builds the table of a snapshot. */
export function buildTable(snapshot: Snapshot): Table {
  const ingresses = ownIngresses(snapshot)
  const rules = ingresses.flatMap(ingressRules)
  const defaults = ingresses.flatMap(defaultBackends)
  const gateways = ownGateways(snapshot)
  const ofGateways = snapshot.routes.flatMap((route) => gatewayRules(route, gateways, snapshot))
  return {
    find(host, path, overTls) {
      // The listeners of Gateways do not speak TLS.
      const rule = findRule(rules, host, path) ?? (overTls ? undefined : findRule(ofGateways, host, path))
      if (rule) return rule.target
      const pattern = findHost(rules, host)
      const near = pattern === undefined ? undefined : defaults.find(({ hosts }) => hosts.includes(pattern))
      return (near ?? defaults[0])?.target
    },
    endpoints: endpointsIn(snapshot),
  }
}
