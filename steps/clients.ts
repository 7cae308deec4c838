import { containerOf, type Planned, type Target } from '../fixtures/flows/observed.ts'
import { portsOf } from '../fixtures/pods/plan.ts'
import type { StandingPod } from '../fixtures/topology.ts'
import type { Flatnet } from './world.ts'

/** So often for each backend that the chance of never meeting one of two is below 1e-12. */
export const TRIES = 20

const { tcp, udp } = portsOf(0)

const target = (name: string, backends: readonly StandingPod[]): Target => ({
  label: `Service ${name}`,
  node: 'the Service',
  by: backends.map(({ uid }) => ({ uid })),
})

/** Every node's plain pod as a client of the Service, which may be answered by these backends. */
export function clientsOf(world: Flatnet, backends: readonly StandingPod[]) {
  const { ip, name } = world.service
  const clients = world.topology.pods.filter((pod) => pod.role === 'client').map((pod) => containerOf(pod))
  return clients.map((client) => ({ client, to: target(name, backends), ip, ports: portsOf(0) }))
}

/** Each client's conversation with the virtual IP, which these backends may answer. */
export const dials = (world: Flatnet, protocol: 'TCP' | 'UDP', backends: readonly StandingPod[]): Planned[] =>
  clientsOf(world, backends).map(({ client, to, ip }) => ({
    from: client,
    to,
    dial: { protocol, host: ip, port: protocol === 'TCP' ? tcp : udp, deadline: world.limits.dial },
  }))
