import { MEDIA } from '../contract/media.ts'
import { conversations } from '../fixtures/service-clients.ts'
import type { Protocol } from '../probe/protocol.ts'
import { ADDRESSES, type Address, plan } from '../promises/conversations/plan.ts'
import { sourcesOf } from '../promises/conversations/sources.ts'
import { traceOutside } from '../promises/egress/trace.ts'
import { truthTable } from '../promises/pods/truth-table.ts'
import { type Batch, planToVirtualIPs, type Transports } from '../promises/services/open.ts'
import { claimUnready, podsNow } from '../promises/services/refusal.ts'
import { unready } from './unready.ts'
import type { Flatnet } from './world.ts'

export const POD_IP = ADDRESSES["the server's pod IP"] as Address

/** Opens conversations of the scene with an address, or with `bytes` one of each client that carries a payload. */
export type Opener = (world: Flatnet, protocols: readonly Protocol[], bytes?: number) => Promise<void>

const toServers =
  (address: Address): Opener =>
  async (world, protocols, bytes) => {
    const others = { ...world.scene, subjects: address.loopbackPort ? world.scene.subjects : world.scene.controls }
    const controls = bytes === undefined ? plan(world.limits, others, protocols, POD_IP) : []
    await world.converse(plan(world.limits, world.scene, protocols, address, bytes), controls)
    world.seen.all = await traceOutside(world.bench, world.seen.all)
    observeSources(world)
    if (world.scene.everyPair) world.attach(truthTable(world.seen.all, world.topology), MEDIA.table)
  }

function observeSources(world: Flatnet): void {
  for (const source of sourcesOf(world.seen.all, world.topology)) world.observe('source address seen', source)
}

const toServices: Opener = async (world, protocols, bytes) => {
  await openBatch(world, planToVirtualIPs(world, world.scene, protocols as Transports, bytes))
  observeSources(world)
  if (world.scene.answers !== 'the unready backend') return
  const pods = await podsNow(world.own(), world.scene.pods)
  unready.set(world, () => claimUnready(pods))
}

/** Some networks put host ports in place a moment after their pods run. */
const toHostPorts: Opener = async (world, protocols) => {
  const { limits, scene } = world
  const once = conversations(limits, scene.subjects, protocols as Transports)
  await world.until(once, 'meant')
  if (world.hasVerdict) return
  await world.converse(Array.from({ length: scene.times }, () => once).flat())
}

/** The same on those nodes alone where a backend may answer. */
const toBackends: Opener = (world, protocols) => {
  world.scene.subjects = world.scene.subjects.filter(({ to }) => to.by.length > 0)
  return toServices(world, protocols)
}

/** Opens a batch of conversations, unless a wait has found a broken promise. */
export async function openBatch(world: Flatnet, planning: Promise<Batch>): Promise<void> {
  const { planned, controls } = await planning
  if (!world.hasVerdict) await world.converse(planned, controls)
}

/** The addresses that the clients of a scene dial, in the words of a When. */
export const OPENERS: Readonly<Record<string, Opener>> = {
  ...Object.fromEntries(Object.entries(ADDRESSES).map(([words, address]) => [words, toServers(address)])),
  "the Service's virtual IP": toServices,
  "the Service's node port on every node": toServices,
  "the Service's load balancer": toServices,
  'the host port of every node': toHostPorts,
  "the Service's node port on every node with a backend": toBackends,
}
