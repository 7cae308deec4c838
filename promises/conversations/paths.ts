import { isIP } from 'node:net'
import { OUTSIDE } from '../../cluster/outside/host.ts'
import type { Heard } from '../../cluster/workbench.ts'
import { portBand } from '../../contract/axes.ts'
import type { Observed } from '../../contract/conversation.ts'
import type { NonConformance } from '../../contract/errors.ts'
import type { Effect, End, Path, Via } from '../../contract/path.ts'
import { quantiles } from '../../contract/quantiles.ts'
import { isOutside, outsideHosts, type ProbeRef, type StandingPod, type Topology } from '../../contract/topology.ts'
import { SYSTEM } from '../../probe/ports.ts'
import { type Lookup, NO_ANSWER, type Outcome, type Resolved } from '../../probe/protocol.ts'
import { ownerOf } from './address-owner.ts'

/** One conversation that was heard, with the number of those that were equal to it. */
interface HeardOutcome {
  from: ProbeRef
  outcome: Outcome
  count: number
}

/** Hears all conversations of one scenario, also those of its waits, and counts them by their kind for the reports. */
export class Paths {
  readonly #outcomes: HeardOutcome[] = []
  readonly #answers: { from: ProbeRef; answer: Resolved | Lookup }[] = []

  /** Takes the answer of a probe. */
  readonly hear: Heard = (from, op, answer) => {
    if (op === 'dial') for (const outcome of answer as Outcome[]) this.#outcomes.push({ from, outcome, count: 1 })
    if (op === 'tally')
      for (const { example, count } of (answer as { example: Outcome; count: number }[][]).flat())
        this.#outcomes.push({ from, outcome: example, count })
    if (op === 'resolve' || op === 'lookup')
      for (const each of answer as (Resolved | Lookup)[]) this.#answers.push({ from, answer: each })
  }

  /**
   * The conversations, counted by their kind. Those that failed count only if they break the promise: others were meant to fail, or their
   * wait went on. A refusal counts always, because some promises are about refusals. Those that policies deny never count: what becomes of
   * them tells nothing about their path.
   * @param seen what the scenario knows about the targets of its conversations.
   */
  counted(topology: Topology, seen: readonly Observed[], broken?: NonConformance): Path[] {
    const against = new Set<unknown>(broken?.outcomes)
    const wrong = new Set<unknown>(broken?.answers?.map(({ answer }) => answer))
    const known = new Map(seen.map((each) => [each.outcome, each]))
    const servers = serversOf(this.#outcomes)
    const open = this.#outcomes.filter(({ outcome }) => !outcome.dial.denied)
    const tables = { topology, known, servers, places: new Map<string, Place>() }
    const paths = [
      ...open.map(
        ({ from, outcome, count }): Path => ({
          ...pathOf(from, outcome, tables, against.has(outcome)),
          ...(known.has(outcome) && packetsOf(outcome)),
          ...{ count, against: against.has(outcome) ? count : 0 },
        }),
      ),
      ...this.#answers.flatMap(({ from, answer }) => (wrong.has(answer) ? [] : answerPath(from, answer, topology))),
      ...(broken?.answers ?? []).map(({ client, answer }) => ({
        ...answerPath(client, answer, topology, true),
        against: 1,
      })),
    ]
    return merged(paths.filter(({ effect, against }) => against > 0 || !FAILED.has(effect)))
  }
}

const FAILED: ReadonlySet<Effect> = new Set([
  ...(['timeout', 'unreachable', 'reset', 'dns', 'closed', 'foreign', 'wrong answer'] as const),
])

/** What the run knows about an address. */
interface Place {
  kind: 'localhost' | 'outside' | 'node' | 'pod' | 'name' | 'other'
  pod?: StandingPod
  /** The node that has the address, or whose pod range holds it. */
  node?: string
}

interface Tables {
  topology: Topology
  /** By address. */
  places: Map<string, Place>
  known: ReadonlyMap<Outcome, Observed>
  /** By address and port: the server that has answered there untranslated. */
  servers: ReadonlyMap<string, { pod: string; node: string; uid: string }>
}

const at = (host: string, port: number) => `${host} ${port}`

function placeOf(host: string, { topology, places }: Pick<Tables, 'topology' | 'places'>): Place {
  const known = places.get(host) ?? look(host, topology)
  places.set(host, known)
  return known
}

function look(host: string, topology: Topology): Place {
  if (host === '::1' || host.startsWith('127.')) return { kind: 'localhost' }
  if (/[a-z]/i.test(host) && !host.includes(':')) return { kind: 'name' }
  if (outsideHosts(topology.outside).some(({ ips }) => ips.includes(host))) return { kind: 'outside' }
  const node = topology.allNodes.find(({ internalIPs }) => internalIPs.includes(host))?.name
  if (node !== undefined) return { kind: 'node', node }
  const pod = topology.pods.find(({ containers }) => containers.some(({ ips }) => ips.includes(host)))
  if (pod) return { kind: 'pod', pod, node: pod.node }
  // Only some networks give addresses of a node's own pod range.
  const range = topology.capabilities.podcidr?.has ? ownerOf(host, topology).node : undefined
  return range === undefined ? { kind: 'other' } : { kind: 'pod', node: range }
}

/** The servers that answered at an address of their own. */
function serversOf(all: readonly HeardOutcome[]): Tables['servers'] {
  return new Map(
    all.flatMap(({ outcome: { dial, server } }) =>
      server && server.local.ip === dial.host ? [[at(dial.host, dial.port), server.identity] as const] : [],
    ),
  )
}

function pathOf(from: ProbeRef, outcome: Outcome, tables: Tables, isAgainst: boolean): Path {
  const { dial, client, bytes, connectMs } = outcome
  const { topology } = tables
  const via = viaOf(outcome, tables)
  const to = via === 'localhost' ? clientEnd(from) : targetEnd(outcome, via, tables)
  const effect = effectOf(outcome, via, isAgainst)
  const local = client?.local.port ?? outcome.localPort ?? SYSTEM.first
  const peer = effect === 'source' ? outcome.server?.peer.ip : undefined
  return {
    ...{ from: clientEnd(from), to, protocol: dial.protocol, via, effect, port: dial.port },
    ...(peer !== undefined && { becomes: withOwner(peer, topology) }),
    ...(isUnmasked(from, tables.known.get(outcome)) && { isUnmasked: true as const }),
    ...familyOfHost(dial.host),
    localPort: portBand(local),
    ...sizesOf(dial.sizes, bytes, dial.bytes),
    ...lifeOf(dial),
    ...(isAcross(from, outcome, tables) && { isAcross: true as const }),
    isNew: to.kind === 'pod' && !topology.pods.some(({ name }) => name === to.name),
    ...{ count: 1, against: 0 },
    ...(connectMs !== undefined && { ms: connectMs }),
  }
}

/**
 * The packets of an answered conversation whose loss can be seen: UDP datagrams, or the first SYN of a connection. Those of waits do not
 * count, because what they wait for may have lost them.
 */
function packetsOf({ dial, server, sent, answered = 0, connectMs, retransmitted }: Outcome): Partial<Path> {
  if (!server) return {}
  if (dial.protocol === 'UDP') return sent ? { packets: sent, lost: Math.max(0, sent - answered) } : {}
  return connectMs === undefined ? {} : { packets: 1, lost: retransmitted ? 1 : 0 }
}

/** An address, and whose it is, if a node or a pod of the run has it. */
function withOwner(ip: string, topology: Topology): string {
  const { node, pod, words } = ownerOf(ip, topology)
  return (node ?? pod) ? `${ip}, ${words}` : ip
}

/** The IP family of a conversation with an address. */
const familyOfHost = (host: string): Pick<Path, 'family'> => {
  const version = isIP(host)
  return version === 0 ? {} : { family: version === 6 ? 'IPv6' : 'IPv4' }
}

/** What happened before on the connection or the 4-tuple. `its end`: its local port was used just before. */
function lifeOf({ life, again, keep }: Outcome['dial']): Pick<Path, 'life'> {
  if (life?.idleMs) return { life: 'a rest' }
  if (life?.lateMs) return { life: 'a half-close' }
  if (life?.requests) return { life: 'many requests' }
  if (again) return { life: 'its end' }
  return keep ? { life: 'others' } : {}
}

/** The sizes of a conversation that was about sizes. */
function sizesOf(sizes: Outcome['dial']['sizes'], bytes: Outcome['bytes'], payload = 0): Partial<Path> {
  const known = (asked: unknown, size = 0) => (asked === undefined ? 0 : typeof asked === 'number' ? asked : size)
  const [request, answer] = [
    Math.max(payload, known(sizes?.request, bytes?.request)),
    Math.max(payload, known(sizes?.answer, bytes?.answer)),
  ]
  return { ...(request > 0 && { request }), ...(answer > 0 && { answer }) }
}

const clientEnd = (probe: ProbeRef): End => {
  if (isOutside(probe)) return { kind: 'outside', name: probe.pod, node: '' }
  const isHost = probe.ips.some((ip) => probe.hostIPs.includes(ip))
  return { kind: isHost ? 'host pod' : 'pod', name: probe.pod, node: probe.node }
}

/** The kind of the address that was dialled. */
function viaOf({ dial: { host, port }, server }: Outcome, tables: Tables): Via {
  const { kind } = placeOf(host, tables)
  if (kind === 'localhost' || kind === 'name') return kind
  if (kind === 'outside' || server?.identity.node === OUTSIDE) return 'outside'
  if (kind === 'node') return isHostPort(port, tables.topology) ? 'node address' : 'node port'
  return kind === 'pod' || server?.local.ip === host ? 'pod IP' : 'virtual IP'
}

/** Whether a standing pod has this address. */
const isPodIP = (host: string, { pods }: Topology) =>
  pods.some(({ containers }) => containers.some(({ ips }) => ips.includes(host)))

/** Whether a pod in the host's network listens on this port of its node. */
const isHostPort = (port: number, { pods }: Topology) =>
  pods.some(
    ({ role, containers }) =>
      role === 'host' &&
      containers.some(({ ports: { also = [], ...named } }) => [...also, ...Object.values(named)].includes(port)),
  )

/** The server, as far as it is known. A virtual IP leads to no server in particular. */
function targetEnd(outcome: Outcome, via: Via, tables: Tables): End {
  const { dial, server } = outcome
  const { topology, known, servers } = tables
  if (via === 'virtual IP' || via === 'name')
    return { kind: 'service', name: serviceName(dial.host, topology), node: '' }
  const observed = known.get(outcome)
  if (via === 'outside') return { kind: 'outside', name: observed?.to.label ?? server?.identity.pod ?? '', node: '' }
  const { pod, node = '' } = placeOf(dial.host, tables)
  if (via === 'node port') return { kind: 'node', name: node, node }
  const identity = server?.identity ?? servers.get(at(dial.host, dial.port))
  const name = pod?.name ?? identity?.pod ?? observed?.to.label ?? dial.host
  return {
    kind: via === 'node address' ? 'host pod' : 'pod',
    ...{ name, node: identity?.node ?? observed?.to.node ?? node },
  }
}

/** Whether a host outside saw the pod's own address, and its answer was lost. */
const isUnmasked = ({ ips }: ProbeRef, observed: Observed | undefined): boolean =>
  observed?.arrived !== undefined && !observed.outcome.server && ips.includes(observed.arrived.ip)

/** Whether both pods are known to be in different namespaces. */
function isAcross(from: ProbeRef, { dial }: Outcome, tables: Tables): boolean {
  const { pod } = placeOf(dial.host, tables)
  return pod !== undefined && pod.namespace !== from.namespace && !isOutside(from)
}

const serviceName = (host: string, { service }: Topology): string =>
  service?.ips.includes(host) ? 'the standing Service' : host

/** What became of the conversation. `source`: it is reported even where no promise is about it. */
function effectOf({ dial, client, server, failure, digest }: Outcome, via: Via, isAgainst: boolean): Effect {
  if (failure) return failure
  if (!client || !server) return 'timeout'
  if (digest && digest.sent !== digest.received) return 'bytes'
  if (client.local.ip !== server.peer.ip) return 'source'
  const isOwn = via === 'pod IP' || via === 'node address' || via === 'localhost' || via === 'outside'
  if (via !== 'name' && (client.remote.ip !== dial.host || client.remote.port !== dial.port)) return 'destination'
  if (isOwn && (server.local.ip !== dial.host || server.local.port !== dial.port)) return 'destination'
  if (isOwn && client.local.port !== server.peer.port && isAgainst) return 'source port'
  return isAgainst ? 'wrong server' : 'ok'
}

/** A question to cluster DNS, or a look-up by a pod's resolver. */
function answerPath(from: ProbeRef, answer: Resolved | Lookup, topology: Topology, isWrong = false): Path {
  const question = 'question' in answer ? answer.question : undefined
  const failure = 'question' in answer ? lostAnswer(answer, isWrong) : lostLookup(answer)
  return {
    from: clientEnd(from),
    to: { kind: 'service', name: question?.server ?? 'cluster DNS', node: '' },
    protocol: question?.over === 'TCP' ? 'DNS over TCP' : 'DNS over UDP',
    via: question ? (isPodIP(question.server, topology) ? ('pod IP' as const) : 'virtual IP') : 'name',
    effect: failure ?? (isWrong ? 'wrong answer' : 'ok'),
    ...{ port: 53, isNew: false, count: 1, against: 0 },
    ...(answer.ms !== undefined && { ms: answer.ms }),
  }
}

/** A question that needed a second try had no answer to the first one. */
const lostAnswer = ({ rcode, failure, sent }: Resolved, isWrong: boolean): Effect | undefined =>
  rcode === undefined || (isWrong && sent > 1) ? (failure ?? 'timeout') : undefined
const lostLookup = ({ code = '' }: Lookup): Effect | undefined =>
  code === 'EAI_AGAIN' || code.startsWith(NO_ANSWER) ? 'timeout' : undefined

/** Equal kinds as one, with the sum of their counts and the median of their times. */
function merged(paths: readonly Path[]): Path[] {
  const kinds = Map.groupBy(paths, ({ count, against, packets, lost, ms, ...kind }) => JSON.stringify(kind))
  return [...kinds.values()].map((same) => {
    const { ms: _, packets: __, lost: ___, ...first } = same[0] as Path
    const ms = quantiles(same.flatMap(({ ms }) => ms ?? []))?.p50
    const sum = (pick: (path: Path) => number) => same.reduce((total, each) => total + pick(each), 0)
    const packets = sum((each) => each.packets ?? 0)
    return {
      ...first,
      ...{ count: sum(({ count }) => count), against: sum(({ against }) => against) },
      ...(packets > 0 && { packets, lost: sum(({ lost = 0 }) => lost) }),
      ...(ms !== undefined && { ms }),
    }
  })
}
