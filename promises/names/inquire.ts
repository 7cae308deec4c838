import { quantiles } from '../../contract/quantiles.ts'
import type { ServiceRef } from '../../contract/topology.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { resolversOf } from '../../fixtures/resolver.ts'
import { clientProbes, standingService } from '../../fixtures/service-clients.ts'
import { type Asked, BOTH, type Settled, type Stale, settled, type Transport } from './ask.ts'
import { maxAge } from './expected.ts'
import { probesOf } from './looked-up.ts'
import { addresses, fqdn, type Subject, type Topic, topicOf } from './questions.ts'

/** What cluster DNS was asked, and what it answered. */
export interface Inquiry {
  topic: Pick<Topic, 'gives' | 'lacks'>
  asked: Asked[]
  /** Findings for the report. */
  findings: Record<string, unknown>
}

/** Transports of a question, in the words of a When: each question is asked several times by each. */
export const RESOLVERS: Readonly<Record<string, { over: readonly Transport[]; stale: Stale }>> = {
  'cluster DNS': { over: BOTH, stale: 'negative' },
  'cluster DNS over UDP': { over: Array<Transport>(10).fill('UDP'), stale: 'none' },
  'cluster DNS over TCP': { over: Array<Transport>(10).fill('TCP'), stale: 'none' },
}

/** Asks cluster DNS from every node about the scene until the answers are right, or the time is over. */
export async function inquire(
  { bench, topology }: Ground,
  { service, other, pods, ports }: Scene,
  words: string,
  { over, stale }: (typeof RESOLVERS)[string],
): Promise<Inquiry> {
  if (!service) throw new Error('this scenario has no Service')
  const topic = topicOf(words)
  const subject: Subject = { namespace: topology.namespaces.main, service, twin: other, pods, ports }
  const resolvers = await resolversOf(bench, clientProbes(topology))
  const expect = ({ zone }: { zone: string }) => topic.expect(subject, zone)
  const found = await settled(bench, resolvers, { expect, over }, stale)
  return { topic, asked: found.asked, findings: findingsOf(words, found) }
}

/** Asks each nameserver of every pod of the scene for the standing Service. */
export async function askNameservers({ bench, topology }: Ground, scene: Scene): Promise<Inquiry> {
  const { name, ips }: ServiceRef = standingService(topology)
  const expect = ({ zone }: { zone: string }) =>
    addresses(fqdn(name, { namespace: topology.namespaces.main }, zone), ips)
  const resolvers = await resolversOf(bench, probesOf(scene), true)
  const { asked } = await settled(bench, resolvers, { expect, over: ['UDP', 'TCP'] }, 'none')
  const findings = { nameservers: resolvers.map(({ client, server }) => ({ node: client.node, server })) }
  return { topic: { gives: "the Service's virtual IP" }, asked, findings }
}

/** Facts that no promise depends on: the TTLs that were stated, and how soon the answers were right. */
function findingsOf(words: string, { asked, latencies }: Settled): Record<string, unknown> {
  const servers = [...new Set(asked.map(({ resolver }) => resolver.server))]
  const ttls = [...new Set(asked.map(({ answer }) => maxAge(answer)))].sort((a, b) => a - b)
  const lost = asked.reduce((sum, { answer }) => sum + Math.max(0, answer.sent - 1), 0)
  const absences = asked.filter(({ expected }) => typeof expected.records === 'string')
  const absent = [...new Set(absences.map(({ answer }) => answer.rcode ?? answer.failure))]
  return {
    'cluster DNS': { asked: words, answers: asked.length, servers, ttls, lost, absent },
    'DNS right after': { asked: words, clients: latencies.length, ms: quantiles(latencies) },
  }
}
