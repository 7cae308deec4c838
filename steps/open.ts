import { LEAST_IPV6 } from '../cluster/workbench.ts'
import { MEDIA } from '../contract/media.ts'
import { conversations } from '../fixtures/service-clients.ts'
import type { Protocol } from '../probe/protocol.ts'
import { onTurn, turnsFor } from '../promises/conversations/axes.ts'
import { countToServers } from '../promises/conversations/count.ts'
import { ADDRESSES, type Address, type Payload, plan } from '../promises/conversations/plan.ts'
import { sourcesOf } from '../promises/conversations/sources.ts'
import { traceOutside } from '../promises/egress/trace.ts'
import { truthTable } from '../promises/pods/truth-table.ts'
import { type Batch, type Effect, oneOfEach, openToSee, planToVirtualIPs } from '../promises/services/open.ts'
import { claimUnready, podsNow } from '../promises/services/refusal.ts'
import { examples, type Tally, type Transports } from '../promises/services/tally.ts'
import { unready } from './unready.ts'
import type { Flatnet } from './world.ts'

export const POD_IP = ADDRESSES["the server's pod IP"] as Address

/** Opens conversations of the scene with an address, or those of each client that carry a payload. */
export type Opener = (world: Flatnet, protocols: readonly Protocol[], payload?: Payload) => Promise<void>

const toServers =
  (address: Address): Opener =>
  async (world, protocols, payload) => {
    const others = { ...world.scene, subjects: address.loopbackPort ? world.scene.subjects : world.scene.controls }
    const controls = payload ? [] : plan(world, others, protocols, POD_IP)
    await world.converse(plan(world, world.scene, protocols, address, payload), controls)
    world.seen.all = await traceOutside(world.bench, world.seen.all)
    observeSources(world)
    if (world.scene.everyPair) world.attach(truthTable(world.seen.all, world.topology), MEDIA.table)
  }

function observeSources(world: Flatnet): void {
  for (const source of sourcesOf(world.seen.all, world.topology)) world.observe('source address seen', source)
}

/** What the report says of a tunnel that is narrower than the interfaces of pods. */
const NARROW =
  'only packets of at most 1280 bytes were sent: a tunnel between nodes takes smaller packets than pods send; the node that forwards loses larger ones, and those from a node’s own address make this node lower its path MTU to the other node for ten minutes'

const toServices: Opener = async (world, protocols, payload) => {
  await openBatch(world, planToVirtualIPs(world, world.scene, protocols as Transports, payload))
  observeSources(world)
  if (world.topology.narrow && world.seen.all.some(({ outcome }) => outcome.dial.largest === LEAST_IPV6))
    world.observe('IPv6 to a node port of another node', NARROW)
  if (world.scene.answers !== 'the unready backend') return
  const pods = await podsNow(world.own(), world.scene.pods)
  unready.set(world, () => claimUnready(pods))
}

/** Some networks put host ports in place a moment after their pods run. Then each client sends packets of all sizes. */
const toHostPorts: Opener = async (world, protocols) => {
  const { limits, scene } = world
  const once = conversations(limits, scene.subjects, protocols as Transports)
  await world.until(once, 'meant')
  const turns = (each: (typeof once)[number]) => Array.from({ length: turnsFor(each.dial.protocol, 1) }, (_, i) => i)
  await world.converse(once.flatMap((each) => turns(each).map((turn) => onTurn(each, turn))))
}

/** The same on those nodes alone where a backend may answer. */
const toBackends: Opener = (world, protocols) => {
  world.scene.subjects = world.scene.subjects.filter(({ to }) => to.by.length > 0)
  return toServices(world, protocols)
}

/**
 * Opens a batch of conversations. If a wait has found a broken promise, it first opens one of each, and the others only if
 * these are answered: the Then has something to judge, and a dead path is not asked again and again.
 */
export async function openBatch(world: Flatnet, planning: Batch | Promise<Batch>): Promise<void> {
  const { planned, controls, also, whole } = await planning
  if (world.hasVerdict && !whole) {
    await world.converse(oneOfEach(planned), oneOfEach(controls))
    if (world.seen.all.some(({ outcome }) => outcome.failure !== undefined)) return
  }
  await world.converse(planned, controls)
  if (also) world.seen.add(also.planned, also.controls)
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

/** Counts conversations of a scene with an address, so many that an effect shows. Counts none if not even one of each is answered. */
type Counter = (world: Flatnet, protocols: Transports, effect: Effect) => Promise<Tally[]>

/** The addresses with which conversations are counted, in the words of a When. */
export const COUNTERS: Readonly<Record<string, Counter>> = {
  "the Service's virtual IP": async (world, protocols, effect) => {
    const seen = await openToSee(world, world.scene, protocols, effect)
    world.seen.take(seen.observed, seen.controls)
    return seen.tallies
  },
  "the server's pod IP": async (world, protocols) => {
    const tallies = await countToServers(world.bench, world.limits, world.scene.subjects, protocols)
    world.seen.take(examples(tallies), [])
    return tallies
  },
}
