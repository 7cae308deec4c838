import type { StandingPod } from '../../contract/topology.ts'
import type { Ground } from '../../fixtures/ground.ts'
import { resolversOf } from '../../fixtures/resolver.ts'
import { BOTH_PROTOCOLS, clientProbes, clientsOf, conversations } from '../../fixtures/service-clients.ts'
import { nameOf } from '../names/lookup.ts'
import { brief } from '../services/convergence.ts'
import { toPods } from '../services/follow.ts'
import type { Spoken } from './load.ts'
import type { Conversation } from './replace.ts'
import type { Way } from './timeline.ts'

/** A connection without an answer for this time is closed and opened again. */
const PATIENT_MS = 2_000

/** The TCP connections that each client keeps where none may be lost. Then most backends have one. */
const CONNECTIONS = 4

/** The address that clients dial while backends are replaced, and their socket that lasts longer than one conversation. */
export interface Target {
  to: 'virtual IP' | 'virtual IP and name' | 'Ingress'
  lasting?: 'one TCP connection' | 'one UDP port'
}

/** The targets of the clients, in the words of a When. */
export const TARGETS: Readonly<Record<string, Target>> = {
  'the virtual IP': { to: 'virtual IP', lasting: 'one TCP connection' },
  'the virtual IP and the name': { to: 'virtual IP and name', lasting: 'one TCP connection' },
  'the host of the Ingress': { to: 'Ingress' },
  'the virtual IP from one UDP port': { to: 'virtual IP', lasting: 'one UDP port' },
}

/** The Service's full name with its final dot, so that no conversation needs the search list. */
export async function fullName(
  { bench, topology }: Pick<Ground, 'bench' | 'topology'>,
  service: string,
): Promise<string> {
  const [resolver] = await resolversOf(bench, clientProbes(topology))
  if (!resolver) throw new Error('this run has no client')
  return nameOf('full name with a final dot', service, topology.namespaces.main, resolver.zone)
}

/** The conversations of a Service's clients while its backends are replaced. `drain`: the backends drain, so no request may be lost. */
export async function conversationWith(
  ground: Ground,
  name: string,
  service: Conversation['service'],
  { to, lasting = 'one TCP connection' }: Target,
  drain: boolean,
): Promise<Conversation> {
  const { limits, topology } = ground
  const host = to === 'virtual IP and name' ? await fullName(ground, service.name) : undefined
  const said = (backends: readonly StandingPod[]) => {
    const pairs = clientsOf(topology, service, backends)
    // By name, each client dials once per protocol; the resolver chooses the family.
    const once = pairs.filter(({ ip }) => ip === service.ip)
    const byName = host === undefined ? [] : conversations(limits, once, BOTH_PROTOCOLS, { host })
    return [...conversations(limits, pairs, BOTH_PROTOCOLS), ...byName].map(brief)
  }
  const isUdp = lasting === 'one UDP port'
  const count = drain && !isUdp ? CONNECTIONS : 1
  const kept = (backends: readonly StandingPod[]) =>
    Array.from({ length: count }, (_, n) =>
      conversations(limits, clientsOf(topology, service, backends), [isUdp ? 'UDP' : 'TCP'], {
        keep: `${name} ${lasting} ${n}`,
        deadline: PATIENT_MS,
      }),
    ).flat()
  const by = (way: Way) => (each: Omit<Spoken, 'way'>) => ({ ...each, way })
  return {
    service,
    say: (stay, tick) => [
      ...said([]).map((each) => ({ ...each, way: each.dial.protocol as Way })),
      ...kept([]).map(by(lasting)),
      ...toPods(ground, stay.slice(tick % Math.max(1, stay.length)).slice(0, 1)).map(by('direct')),
    ],
    again: (backends) => conversations(limits, clientsOf(topology, service, backends), ['TCP']),
    expect: (backends, lasts) => [
      ...said(backends).map((each) => ({ planned: each, rule: 'each' as const })),
      ...(lasts ? kept(backends).map((each) => ({ planned: each, rule: 'some' as const })) : []),
    ],
  }
}
