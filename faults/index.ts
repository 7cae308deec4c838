import { addresses } from './addresses.ts'
import { agents } from './agents.ts'
import { axes } from './axes.ts'
import { changes } from './changes.ts'
import { connections } from './connections.ts'
import { dual } from './dual.ts'
import { egress } from './egress.ts'
import type { Fault } from './fault.ts'
import { hostPorts } from './host-ports.ts'
import { identity } from './identity.ts'
import { ingress } from './ingress.ts'
import { internetGateway } from './internet-gateway.ts'
import { loadBalancers } from './load-balancers.ts'
import { localPolicy } from './local-policy.ts'
import { localhost } from './localhost.ts'
import { loss } from './loss.ts'
import { names } from './names.ts'
import { nodePorts } from './node-ports.ts'
import { policies } from './policies.ts'
import { serviceKinds } from './service-kinds.ts'
import { services } from './services.ts'
import { translation } from './translation.ts'
import { udpFlows } from './udp-flows.ts'

/** All faults, in the order of the specification. */
export const FAULTS: readonly Fault[] = [
  ...localhost,
  ...loss,
  ...axes,
  ...connections,
  ...translation,
  ...addresses,
  ...agents,
  ...identity,
  ...services,
  ...serviceKinds,
  ...changes,
  ...udpFlows,
  ...names,
  ...nodePorts,
  ...localPolicy,
  ...loadBalancers,
  ...hostPorts,
  ...ingress,
  ...egress,
  ...internetGateway,
  ...dual,
  ...policies,
]

/**
 * The fault with this id. Two ids that are joined by "+" are both faults at once, which is how the causes in the reports are judged on more
 * than one fault. Undefined if there is no such fault.
 */
export function faultOf(id: string): Fault | undefined {
  const parts = id.split('+').map((each) => FAULTS.find((fault) => fault.id === each))
  const known = parts.filter((part) => part !== undefined)
  const [first, second, ...more] = known
  if (!first || known.length < parts.length || more.length > 0) return undefined
  return second ? both(first, second) : first
}

const both = (a: Fault, b: Fault): Fault => ({
  id: `${a.id}+${b.id}`,
  says: `${a.says} ${b.says}`,
  breaks: [...a.breaks, ...b.breaks.filter(({ id }) => !a.breaks.some((claim) => claim.id === id))],
  also: {
    ids: [...(a.also?.ids ?? []), ...(b.also?.ids ?? [])],
    because: [a.also?.because, b.also?.because].filter(Boolean).join('; '),
  },
  where: a.where === b.where ? a.where : 'one node',
  on: a.on.filter((source) => b.on.includes(source)),
  needs: [...(a.needs ?? []), ...(b.needs ?? [])],
  steps: (place) => [...a.steps(place), ...b.steps(place)],
})
