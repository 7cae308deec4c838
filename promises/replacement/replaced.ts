import { serviceRef } from '../../cluster/pods/refs.ts'
import { NonConformance } from '../../contract/errors.ts'
import type { ServiceRef } from '../../contract/topology.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { nextGeneration } from '../../fixtures/scenes/own-backends.ts'
import { clientProbes, clientsOf, conversations } from '../../fixtures/service-clients.ts'
import type { Changed } from '../services/changes.ts'
import { TRIES } from '../services/open.ts'
import { conversationWith, fullName, type Target } from './conversation.ts'
import { claimNameKept, type Told, watchName } from './name-kept.ts'
import { type Replacement, replaceBackends, type Style } from './replace.ts'

/** A Service before and after all of its backends were replaced, and what its clients saw meanwhile. */
export interface Replaced {
  replacement: Replacement
  before: ServiceRef
  after: ServiceRef
  /** What clients were told of its name, where they talked to it by name. */
  told: Told[]
}

/** Replaces every backend of the scene in that style, while the clients keep talking to the target. */
export async function replaceAll(
  ground: Ground,
  { service, pods, ...scene }: Scene,
  style: Style,
  target: Target,
): Promise<Replaced> {
  if (!service) throw new Error('this scenario has no Service')
  const { bench, topology } = ground
  const own = ground.own()
  const plans = nextGeneration(ground, { ...scene, pods })
  const byName = target.to === 'name'
  const watch = byName
    ? await watchName(bench, clientProbes(topology), await fullName(ground, service.name))
    : undefined
  let told: Told[] = []
  let replacement: Replacement
  try {
    const said = await conversationWith(ground, own.name, service, target)
    replacement = await replaceBackends(own, pods, plans, style, said)
  } finally {
    told = (await watch?.stop()) ?? []
  }
  const api = await bench.api()
  const { namespace } = own
  const after = serviceRef(await api.core.readNamespacedService({ namespace, name: service.name }))
  return { replacement, before: service, after, told }
}

/** Conversations of every client with the new backends by TCP, many of each. */
export function toNewBackends({ limits, topology }: Ground, { replacement: { fresh, old }, before }: Replaced) {
  const once = conversations(limits, clientsOf(topology, before, fresh), ['TCP'])
  return Array.from({ length: TRIES * old.length }, () => once).flat()
}

/** Whom clients are to meet once all backends were replaced, and how its nodes followed. */
export const changedBy = ({ replacement: { fresh, followed } }: Replaced): Pick<Changed, 'meant' | 'convergence'> => ({
  meant: fresh.length > 1 ? 'the new backends' : 'the new backend',
  convergence: followed,
})

/** The Service has the virtual IP, and clients were told the name, that it had before. */
export function claimKept({ before, after, told }: Replaced): void {
  if (after.ip !== before.ip || after.uid !== before.uid) {
    const actual = `Service ${after.name} had ${before.ip} and has ${after.ip} after its backends were replaced`
    throw new NonConformance({ expected: 'the virtual IP stays', actual })
  }
  if (told.length > 0) claimNameKept(told, before.ips)
}
