import { containerOf } from '../contract/conversation.ts'
import { Trouble } from '../contract/errors.ts'
import { quantiles } from '../contract/quantiles.ts'
import type { ProbeRef, ServiceRef } from '../contract/topology.ts'
import { BOTH, type Settled, type Stale, settled, type Transport } from '../promises/names/ask.ts'
import { maxAge } from '../promises/names/expected.ts'
import { type Subject, topicOf } from '../promises/names/questions.ts'
import { resolversOf } from '../promises/names/resolver.ts'
import type { Flatnet } from './world.ts'

/** Every node's plain pod. */
export const clientPods = (world: Flatnet) => world.topology.pods.filter((pod) => pod.role === 'client')

export const clients = (world: Flatnet): ProbeRef[] => clientPods(world).map((pod) => containerOf(pod))

/** One container of each pod that the scenario is about. */
export const probes = (world: Flatnet): ProbeRef[] => world.pods.flatMap(({ containers }) => containers.slice(0, 1))

export function headless(world: Flatnet): ServiceRef {
  const { headless: service } = world.topology
  if (!service) throw new Trouble('this run has no headless Service')
  return service
}

/** Asks cluster DNS from every node about this scenario's Services until the answers are right, or its time is over. */
export async function askAbout(
  world: Flatnet,
  words: string,
  { over = BOTH, stale = 'negative' }: { over?: readonly Transport[]; stale?: Stale } = {},
): Promise<void> {
  const { expect } = topicOf(words)
  const { service, twin, pods, ports } = world
  const subject: Subject = { namespace: world.topology.namespaces.main, service, twin, pods, ports }
  const resolvers = await resolversOf(world.bench, clients(world))
  const round = { expect: ({ zone }: { zone: string }) => expect(subject, zone), over }
  const found = await settled(world.bench, resolvers, round, stale)
  world.asked = found.asked
  report(world, words, found)
}

/** What no promise depends on: the TTLs that were stated, and how soon the answers were right. */
function report(world: Flatnet, words: string, { asked, latencies }: Settled): void {
  const servers = [...new Set(asked.map(({ resolver }) => resolver.server))]
  const ttls = [...new Set(asked.map(({ answer }) => maxAge(answer)))].sort((a, b) => a - b)
  const lost = asked.reduce((sum, { answer }) => sum + Math.max(0, answer.sent - 1), 0)
  const absences = asked.filter(({ expected }) => typeof expected.records === 'string')
  const absent = [...new Set(absences.map(({ answer }) => answer.rcode ?? answer.failure))]
  world.observe('cluster DNS', { asked: words, answers: asked.length, servers, ttls, lost, absent })
  world.observe('DNS right after', { asked: words, clients: latencies.length, ms: quantiles(latencies) })
}
