import type { Fault } from '../faults/fault.ts'
import type { Cause } from '../reports/cause.ts'

/** The kinds of trouble that each fault is, as the reports name them. The first pattern that matches a fault's id counts. */
const KINDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(localhost-exposed|refusals)|^local-policy-ignored$/, ['refusals lost', 'localhost', 'service proxy']],
  [/^localhost|^container-elsewhere$/, ['localhost']],
  [
    /^ports-shared$|^one-to-one-translation-of-a-server$/,
    ['wrong server', 'pod addresses', 'packets lost', 'ports filtered'],
  ],
  [/^(hostname|spec-hostname|hosts-file|host-aliases|environment)/, ['pod facts', 'cluster DNS', 'service proxy']],
  [/^node-address$/, ['pod addresses', 'pod facts']],
  [/^half-a-route$|^(address-|overlapping|no-veth)/, ['pod addresses', 'packets lost']],
  [/^one-in-four$/, ['some packets lost']],
  [/^http-filtered$/, ['packets lost', 'ports filtered']],
  [/^(large|fragments|tiny|datagrams|full-packets)/, ['packets of a size lost']],
  [/^(pod|local)-ports/, ['ports filtered']],
  [/^service-(clients|ports?-)/, ['ports filtered', 'service proxy']],
  // They stall a connection after some thousand bytes.
  [/^exhausted/, ['connection tracking', 'packets of a size lost']],
  [/^(rested|older|half-closed|reused|no-end)/, ['connection tracking']],
  [
    /^(source-nat|port-translation|translation-from|one-in-a-hundred|one-to-one-translation-of-a-client)/,
    ['source translated'],
  ],
  [/^(reply-translation|redirect)/, ['destination translated']],
  [/^(kubelet|grpc|every-second|probes-answered|closed-ports)/, ['kubelet']],
  [/^(agents|host-to-other|pod-to-host|node-to-its)/, ['packets lost', 'ports filtered', 'kubelet']],
  [/^(stale-endpoint|slice-of|draining)/, ['endpoints', 'service proxy']],
  [/^(node-with-a-virtual|service-range|virtual-ip-moves)/, ['virtual IPs', 'service proxy']],
  [/^dns-|^search-list/, ['cluster DNS', 'pod facts']],
  [/^(udp|tcp)-between|^one-way|^neighbours|^namespaces|^unprogrammed|^poisoned/, ['packets lost']],
  [/^(node-port|local-policy|health-check|host-port)/, ['node ports', 'masquerade', 'refusals lost']],
  [/^load-balancer/, ['load balancer', 'node ports']],
  [/^(ingress|route-for)/, ['ingress']],
  [/^(no-way-out|egress|replies-for)/, ['egress', 'packets of a size lost']],
  [
    /^(no-masquerade|masquerade|few-ports|host-leaves|pod-to-node-as)/,
    ['masquerade', 'egress', 'source translated', 'ports filtered'],
  ],
  [/^gateway/, ['internet gateway', 'egress', 'masquerade']],
  // The answers of isolated pods, and packets that policies allow, are lost like others.
  [
    /^(replies-need|policies-filter|last-policy|end-port|named-ports|ranges-|denied-without|deleted-policy)/,
    ['packets lost', 'ports filtered', 'kubelet', 'egress'],
  ],
  [/polic|^(namespaces-of|known-addresses|egress-ports|new-pods|exceptions-of)/, ['policies']],
  [/^(node-of-one-family|second-family)/, ['second IP family', 'packets lost', 'service proxy']],
]

/** The kinds of trouble that a fault may be called. Faults of Services and their proxies are those that no pattern names. */
export const kindsOf = (id: string): readonly string[] =>
  KINDS.find(([pattern]) => pattern.test(id))?.[1] ?? ['service proxy', 'endpoints', 'connection tracking']

/**
 * How the reports named a fault: `exactly` (one cause, of the right kind and on the right node), `among others` (the first cause is
 * right), `wrongly` (they are sure of a cause that is not right), or `not`.
 */
export type Naming = 'exactly' | 'among others' | 'wrongly' | 'not'

/** Judges the causes of a trial. A fault of the whole cluster has no right node. Of two faults at once, each needs a cause. */
export function namingOf({ id, where }: Pick<Fault, 'id' | 'where'>, node: string, causes: readonly Cause[]): Naming {
  const faults = id.split('+')
  const isHere = ({ nodes }: Cause) =>
    where === 'one node' || where === 'one pod' ? nodes.includes(node) && nodes.length < 3 : true
  const isOf = (fault: string, cause: Cause) => kindsOf(fault).includes(cause.kind) && isHere(cause)
  const isRight = (cause: Cause) => faults.some((fault) => isOf(fault, cause))
  if (causes.length === 0) return 'not'
  const first = causes.slice(0, faults.length)
  if (faults.every((fault) => first.some((cause) => isOf(fault, cause))))
    return causes.every(isRight) && causes.length <= faults.length ? 'exactly' : 'among others'
  return causes.some((cause) => cause.isSure && !isRight(cause)) ? 'wrongly' : 'not'
}
