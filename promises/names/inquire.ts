import { quantiles } from '../../contract/quantiles.ts'
import type { Ground, Scene } from '../../fixtures/ground.ts'
import { resolversOf } from '../../fixtures/resolver.ts'
import { clientProbes, everyClientProbe, standingService } from '../../fixtures/service-clients.ts'
import { type Asked, BOTH, type Transport } from './ask.ts'
import { maxAge } from './expected.ts'
import { probesOf } from './looked-up.ts'
import { type Subject, type Topic, topicOf } from './questions.ts'
import { type Tries, tryLookups } from './tries.ts'
import { type LastRound, type Stale, untilAnswered } from './until-answered.ts'

/** A question to cluster DNS, and its answers. */
export interface Inquiry {
  topic: Topic
  asked: Asked[]
  /** Values for the report that no promise depends on. */
  findings: Record<string, unknown>
  /** Lookups that show which needed a second try. */
  tries?: Tries[]
}

/** How a question is asked: once per transport in `over`. `own`: every pod of the scene asks each of its nameservers. */
export interface Manner {
  over: readonly Transport[]
  stale: Stale
  own?: true
  /** The name is only looked up, many times, for both families at once. */
  tries?: true
}

/** The DNS servers that are asked, in the words of a When. */
export const RESOLVERS: Readonly<Record<string, Manner>> = {
  'each of its nameservers': { over: ['UDP', 'TCP'], stale: 'none', own: true },
  'cluster DNS': { over: BOTH, stale: 'negative' },
  'cluster DNS hundreds of times': { over: [], stale: 'none', tries: true },
  'cluster DNS over UDP': { over: Array<Transport>(10).fill('UDP'), stale: 'none' },
  'cluster DNS over TCP': { over: Array<Transport>(10).fill('TCP'), stale: 'none' },
}

/** Asks about the scene from every node until the answers are right or the time is over. */
export async function inquire(
  { bench, topology }: Ground,
  scene: Scene,
  words: string,
  { over, stale, own, tries }: Manner,
): Promise<Inquiry> {
  const { other, pods, ports, addresses } = scene
  const service = scene.service ?? standingService(topology)
  const topic = topicOf(words)
  const subject: Subject = {
    namespace: topology.namespaces.main,
    service,
    other,
    pods,
    ports,
    ...(addresses && { addresses }),
  }
  const standing = [topology.service, topology.headless].some((each) => each?.uid === service.uid)
  const clients = standing ? everyClientProbe(topology) : clientProbes(topology)
  const resolvers = await resolversOf(bench, own ? probesOf(scene) : clients, own)
  const expect = ({ zone }: { zone: string }) => topic.expect(subject, zone)
  if (tries) return triesOf(topic, await tryLookups(bench, resolvers, (each) => expect(each)[0]?.name ?? ''))
  const found = await untilAnswered(bench, resolvers, { expect, over }, { stale, standing })
  return { topic, asked: found.asked, findings: findingsOf(words, found) }
}

const triesOf = (topic: Topic, tries: Tries[]): Inquiry => ({
  topic,
  asked: [],
  tries,
  findings: { 'DNS lookups': tries.map(({ starved: _, late: __, ...each }) => each) },
})

/** The TTLs that were stated, and how soon the answers were right. */
function findingsOf(words: string, { asked, latencies, unanswered }: LastRound): Record<string, unknown> {
  const servers = [...new Set(asked.map(({ resolver }) => resolver.server))]
  const ttls = [...new Set(asked.map(({ answer }) => maxAge(answer)))].sort((a, b) => a - b)
  const lost = asked.reduce((sum, { answer }) => sum + Math.max(0, answer.sent - 1), 0)
  const absences = asked.filter(({ expected }) => typeof expected.records === 'string')
  const absent = [...new Set(absences.map(({ answer }) => answer.rcode ?? answer.failure))]
  return {
    nameservers: [...new Set(asked.map(({ resolver }) => `${resolver.client.node} ${resolver.server}`))],
    'cluster DNS': { asked: words, answers: asked.length, servers, ttls, lost, unanswered, absent },
    'DNS right after': { asked: words, clients: latencies.length, ms: quantiles(latencies) },
  }
}
