import type { ServiceRef, StandingPod } from '../../contract/topology.ts'
import type { Ground } from '../../fixtures/ground.ts'
import { dialled, planLater, planRequest, untilPublished } from '../../fixtures/requests.ts'
import type { Routing } from '../../fixtures/routing.ts'
import { targetOf } from '../../fixtures/web-service.ts'
import { toPods } from '../services/follow.ts'
import type { Conversation } from './replace.ts'

/** The number of requests of a tick: the only client is the one outside the cluster. */
const AT_ONCE = 4

/** The requests for the host of an Ingress, at its addresses in turn, while its backends are replaced. */
export async function conversationThrough(
  ground: Ground,
  service: ServiceRef,
  routing: Routing,
): Promise<Conversation> {
  const addresses = await untilPublished(ground, routing)
  const published = dialled(ground, addresses.subject ?? addresses.later)
  const { host, subject } = routing
  const ask = (backends: readonly StandingPod[]) =>
    published.map((address) =>
      planRequest(ground, routing, address, targetOf(backends, 'app', `Ingress ${subject.name}`), { host, path: '/' }),
    )
  return {
    service,
    say: (stay, tick) => [
      ...Array.from({ length: Math.ceil(AT_ONCE / published.length) }, () => ask([]))
        .flat()
        .map((each) => ({ ...each, way: 'HTTP' as const })),
      ...toPods(ground, stay.slice(tick % Math.max(1, stay.length)).slice(0, 1)).map((each) => ({
        ...each,
        way: 'direct' as const,
      })),
    ],
    expect: (backends) => [
      ...ask(backends).map((planned) => ({ planned, rule: 'each' as const })),
      ...planLater(ground, routing, addresses).map((planned) => ({
        planned,
        rule: 'some' as const,
        control: true as const,
      })),
    ],
    again: (backends) => ask(backends),
  }
}
