import { serviceRef } from '../../cluster/pods/refs.ts'
import type { Planned } from '../../contract/conversation.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { ServiceRef } from '../../contract/topology.ts'
import { type Ground, routingOf, type Scene, serviceOf } from '../../fixtures/ground.ts'
import { nextGeneration } from '../../fixtures/scenes/own-backends.ts'
import { clientProbes } from '../../fixtures/service-clients.ts'
import type { Answer } from '../names/lookup.ts'
import type { Changed } from '../services/changes.ts'
import { TRIES } from '../services/open.ts'
import { conversationWith, fullName, type Target } from './conversation.ts'
import { claimNameKept, watchName } from './name-kept.ts'
import { type Replacement, replaceBackends, type Style } from './replace.ts'
import { conversationThrough } from './through-ingress.ts'

/** A Service before and after all of its backends were replaced, and what its clients saw meanwhile. */
export interface Replaced {
  replacement: Replacement
  before: ServiceRef
  after: ServiceRef
  /** The answers to lookups of its name, if the clients talk to it by name. */
  lookups: Answer[]
  /** The conversations that show that the new backends are the only ones: one of each client. */
  again: Planned[]
}

/** Replaces every backend of the scene in that style, while the clients keep talking to the target. */
export async function replaceAll(ground: Ground, scene: Scene, style: Style, target: Target): Promise<Replaced> {
  const service = serviceOf(scene)
  const { bench, topology } = ground
  const own = ground.own()
  const plans = nextGeneration(ground, scene)
  const byName = target.to === 'virtual IP and name'
  const drain = scene.pods.every((pod) => own.drains(pod))
  const watch = byName
    ? await watchName(bench, clientProbes(topology), await fullName(ground, service.name))
    : undefined
  let lookups: Answer[] = []
  let again: Planned[]
  let replacement: Replacement
  try {
    const said =
      target.to === 'Ingress'
        ? await conversationThrough(ground, service, routingOf(scene))
        : await conversationWith(ground, own.name, service, target, drain)
    replacement = await replaceBackends(own, scene.pods, plans, style, said)
    again = said.again(replacement.fresh)
  } finally {
    lookups = (await watch?.stop()) ?? []
  }
  const api = await bench.api()
  const { namespace } = own
  const after = serviceRef(await api.core.readNamespacedService({ namespace, name: service.name }))
  return { replacement, before: service, after, lookups, again }
}

/** Plans conversations of every client with the new backends, many of each. */
export const toNewBackends = ({ replacement: { old }, again }: Replaced): Planned[] =>
  Array.from({ length: TRIES * old.length }, () => again).flat()

/** The backends that clients must meet after the replacement, in the words of a Then, and how the nodes followed. */
export const changedBy = ({ replacement: { fresh, followed } }: Replaced): Pick<Changed, 'meant' | 'convergence'> => ({
  meant: fresh.length > 1 ? 'the new backends' : 'the new backend',
  convergence: followed,
})

/** The Service has the virtual IP that it had before, and its name led to it all the time. */
export function claimKept({ before, after, lookups }: Replaced): void {
  if (after.ip !== before.ip || after.uid !== before.uid) {
    const actual = `Service ${after.name} had ${before.ip} and has ${after.ip} after its backends were replaced`
    throw new NonConformance({ expected: 'the Service keeps its virtual IP', actual })
  }
  if (lookups.length > 0) claimNameKept(lookups, before.ips)
}
