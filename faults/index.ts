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
]
