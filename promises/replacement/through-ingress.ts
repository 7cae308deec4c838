import type { ServiceRef, StandingPod } from '../../contract/topology.ts'
import type { Ground } from '../../fixtures/ground.ts'
import { planLater, planRequest, untilPublished } from '../../fixtures/requests.ts'
import type { Routing } from '../../fixtures/routing.ts'
import { targetOf } from '../../fixtures/web-service.ts'
import { toPods } from '../services/follow.ts'
import type { Conversation } from './replace.ts'

/** The number of requests of a tick: the only client is the one outside the cluster. */
const AT_ONCE = 4

/** The requests for the host of an Ingress while its backends are replaced. */
export async function conversationThrough(
  ground: Ground,
  service: ServiceRef,
  routing: Routing,
): Promise<Conversation> {
  const addresses = await untilPublished(ground, routing)
  const { host, subject } = routing
  const ask = (backends: readonly StandingPod[]) =>
    planRequest(
      ground,
      routing,
      addresses.subject ?? addresses.later,
      targetOf(backends, 'app', `Ingress ${subject.name}`),
      { host, path: '/' },
    )
  return {
    service,
    say: (stay, tick) => [
      ...Array.from({ length: AT_ONCE }, () => ({ ...ask([]), way: 'HTTP' as const })),
      ...toPods(ground, stay.slice(tick % Math.max(1, stay.length)).slice(0, 1)).map((each) => ({
        ...each,
        way: 'direct' as const,
      })),
    ],
    expect: (backends) => [
      { planned: ask(backends), rule: 'each' },
      { planned: planLater(ground, routing, addresses), rule: 'some', control: true },
    ],
    again: (backends) => [ask(backends)],
  }
}
