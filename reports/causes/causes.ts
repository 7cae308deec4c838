import type { Cause } from '../cause.ts'
import type { Result } from '../model.ts'
import { type Case, casesOf, type Harm, isBroken } from './cases.ts'
import { kindOf } from './kinds.ts'
import { leftOver } from './left-over.ts'
import { allHold, holds, type Literal } from './literals.ts'
import { type Explanation, explain } from './search.ts'
import { ends, intactBeside, tell } from './words.ts'

/** What is searched together: a broken path, a translation, or a Service that leads to nobody or to the wrong server. */
type Class = 'path' | 'refusal' | 'server' | 'service' | 'source' | 'destination' | 'content' | 'dns'

const BY_HARM: Readonly<Record<Harm, Class>> = {
  ...({ fails: 'path', source: 'source', 'source port': 'source', destination: 'destination' } as const),
  ...({ 'not refused': 'refusal', 'wrong server': 'server', bytes: 'content', 'wrong answer': 'dns' } as const),
}

const isThroughService = ({ path: { via, protocol } }: Case) =>
  !protocol.startsWith('DNS') && (via === 'virtual IP' || via === 'node port' || via === 'name')

function classOf(each: Case): Class | undefined {
  if (!each.harm) return undefined
  const found = BY_HARM[each.harm]
  if (each.path.protocol.startsWith('DNS')) return 'dns'
  return (found === 'path' || found === 'server') && isThroughService(each) ? 'service' : found
}

/** An explanation of one class, and the cause that it is. */
interface Found {
  /** The rows that it explains are known when all causes are. */
  cause: Omit<Cause, 'explains'>
  explanation: Explanation
  of: Class
}

/** The order in which classes are explained: a broken path breaks Services and DNS as well. */
const ORDER: readonly Class[] = ['path', 'source', 'destination', 'server', 'content', 'refusal', 'service', 'dns']

/** The fewest kinds of broken conversations that make a cause sure. */
const LEAST = 3

/** The most causes of one class. A row of which they explain nothing stands by itself. */
const MOST = 4

/**
 * The smallest set of explanations of all broken promises of a run, the one that explains the most rows first. It is a pure function
 * of the results: of all conversations, broken and intact, and of the sentences of rows that are about no conversation.
 */
export function causesOf(results: readonly Result[], nodes: readonly string[]): Cause[] {
  const failed = results.filter(({ status }) => status === 'failed')
  if (failed.length === 0) return []
  const cases = casesOf(results)
  const found: Found[] = []
  const healthy = healthyClients(cases)
  for (const of of ORDER) {
    const intact = distinct(cases.filter((each) => isIntact(each, of)))
    let open = distinct(cases.filter((each) => isBroken(each) && classOf(each) === of)).filter(
      (each) => !found.some((known) => follows(each, known, healthy)),
    )
    for (let n = 0; open.length > 0 && n < MOST; n++) {
      const explanation = explain(open, intact)
      if (!explanation || explanation.broken.length === 0) break
      const cause = causeOf(explanation, cases, of)
      found.push({ cause, explanation, of })
      if (isEverywhere({ cause, of })) break
      open = open.filter((each) => !allHold(explanation.literals, each))
    }
  }
  const byRow = Map.groupBy(cases.filter(isBroken), ({ result }) => result)
  const explained = found.map((each) => ({
    ...each.cause,
    explains: places(failed.filter((result) => isExplained(byRow.get(result) ?? [], each, healthy))),
  }))
  const rest = failed.filter((row) => !explained.some(({ explains }) => includes(explains, row)))
  return joined([...explained, ...leftOver(rest, nodes)]).sort((a, b) => b.explains.length - a.explains.length)
}

/** Causes of one kind on the same nodes as one, with the words of the first. A sure one takes in no row that it says nothing about. */
function joined(causes: readonly Cause[]): Cause[] {
  const alike = Map.groupBy(causes, ({ kind, nodes }) => `${kind} ${nodes.join()}`)
  return [...alike.values()].flatMap((group) => {
    const isSure = group.some((each) => each.isSure)
    const parts = isSure ? [group.filter(({ counts }) => counts), group.filter(({ counts }) => !counts)] : [group]
    return parts.filter((part) => part.length > 0).map(asOne)
  })
}

function asOne(group: readonly Cause[]): Cause {
  const first = group.find(({ isSure }) => isSure) ?? (group[0] as Cause)
  const all = group.flatMap(({ explains }) => explains)
  return { ...first, explains: [...new Map(all.map((each) => [`${each.id} ${each.row}`, each])).values()] }
}

/** Whether a conversation speaks against an explanation of this class: the harm could have met it, and did not. */
function isIntact(each: Case, of: Class): boolean {
  if (isBroken(each)) return false
  if (of === 'dns') return each.path.protocol.startsWith('DNS') && each.harm === undefined && !isFromHostsFile(each)
  if (each.path.protocol.startsWith('DNS')) return false
  if (of === 'refusal') return each.path.effect === 'refused'
  if (of === 'service') return isThroughService(each) && each.harm !== 'fails'
  if (of === 'path') return each.harm !== 'fails' && !isThroughService(each)
  return each.harm === undefined
}

/** The names of D12 are in the pod's hosts file, so no DNS server is asked. */
const isFromHostsFile = ({ result }: Case) => result.id === 'D12'

/** The most kinds of conversations that one search looks at. */
const MOST_CASES = 3_000

/** Evenly chosen cases, if they are too many. */
function sampled(all: Case[]): Case[] {
  const step = all.length / MOST_CASES
  return step <= 1 ? all : Array.from({ length: MOST_CASES }, (_, i) => all[Math.floor(i * step)] as Case)
}

/** One case of each signature, because a row with many conversations must not outweigh the others. */
function distinct(all: readonly Case[]): Case[] {
  const signature = ({ path, scope, nodes, harm }: Case) => {
    const { from, to, protocol, via, port, localPort, request, answer, isNew, isAcross, life, family } = path
    return JSON.stringify([
      scope,
      nodes,
      harm,
      isAcross,
      life,
      family,
      from.kind,
      from.node,
      to.kind,
      to.node,
      protocol,
      via,
      port,
      localPort,
      request,
      answer,
      isNew,
    ])
  }
  return sampled([...new Map(all.map((each) => [signature(each), each])).values()])
}

/** The conditions that also hold for a conversation whose server is not known: it may be on any node. */
const ANYWHERE: ReadonlySet<Literal['dimension']> = new Set(['to', 'scope', 'reach', 'via'])

/** The conditions that need not hold for the client of a Service, because the server may be there. */
const CLIENT: ReadonlySet<Literal['dimension']> = new Set(['from', 'node', 'pods on'])

/** Clients that reach Services or cluster DNS in some conversations. What they lose may depend on the backend. */
const clientOf = ({ path: { from } }: Case) => `${from.node} ${from.kind}`
const isBehind = (each: Case) => isThroughService(each) || each.path.protocol.startsWith('DNS')

function healthyClients(cases: readonly Case[]): ReadonlySet<string> {
  return new Set(cases.filter((each) => isBehind(each) && !isBroken(each) && each.harm !== 'fails').map(clientOf))
}

/** The conditions that no Service and no DNS server behind a path can have. */
const OWN: ReadonlySet<Literal['dimension']> = new Set(['port', 'isNew', 'server pod', 'client pod'])

/** Whether all broken conversations leave the cluster, or stay in one pod: no backend is there. */
const isElsewhere = ({ broken }: Explanation): boolean =>
  broken.every(({ scope }) => scope === 'to the outside' || scope === 'inside a pod')

/** Whether a broken conversation follows from an explanation of a class before its own. */
function follows(each: Case, { cause, explanation, of }: Found, healthy: ReadonlySet<string>): boolean {
  const { literals } = explanation
  const own = classOf(each)
  const isBefore = of === 'path' || (of === 'destination' && own === 'service') || (of === 'service' && own === 'dns')
  if (!isBefore || (own === 'dns' && each.harm !== 'fails')) return false
  const behind = isBehind(each)
  if (behind && (!cause.isSure || isElsewhere(explanation) || literals.some(({ dimension }) => OWN.has(dimension))))
    return false
  const relevant = literals.filter(({ dimension }) => !(behind && ANYWHERE.has(dimension)))
  // The server may be on that node, and then a client elsewhere loses only a part of its conversations.
  const isPartial = behind && healthy.has(clientOf(each))
  return relevant.every((literal) => holds(literal, each) || (isPartial && CLIENT.has(literal.dimension)))
}

/** Whether cluster DNS is silent on all nodes. A server of it on some node may still answer the agents of that node. */
const isEverywhere = ({ cause, of }: Pick<Found, 'cause' | 'of'>): boolean =>
  of === 'dns' && cause.isSure && cause.nodes.length === 0

/** A row is explained if some of its broken conversations are. */
const isExplained = (broken: readonly Case[], found: Found, healthy: ReadonlySet<string>): boolean =>
  broken.some((each) =>
    classOf(each) === found.of
      ? isEverywhere(found) || allHold(found.explanation.literals, each)
      : follows(each, found, healthy),
  )

/** An explanation as a cause. Its counts are of all conversations for which its conditions hold, and not only of one of each kind. */
function causeOf(explanation: Explanation, all: readonly Case[], of: Class): Omit<Cause, 'explains'> {
  const { broken } = explanation
  const sum = (cases: readonly Case[], pick: (each: Case) => number) =>
    cases.reduce((total, each) => total + pick(each), 0)
  const inside = all.filter((each) => allHold(explanation.literals, each))
  const hurt = inside.filter((each) => isBroken(each) && classOf(each) === of)
  const whole = sum(hurt, ({ path }) => path.against)
  const kept = sum(
    inside.filter((each) => isIntact(each, of)),
    ({ path }) => path.count,
  )
  const counts = { broken: whole, of: whole + kept }
  const kind = kindOf(explanation)
  return {
    kind: kind.name,
    says: tell(explanation, counts),
    nodes: ends(explanation),
    ...protocolOf(explanation),
    counts,
    intact: intactBeside(explanation, all),
    isSure: broken.length >= Math.max(LEAST, explanation.literals.length + 1) && kept * 20 <= whole,
    ...exampleOf(broken),
    ...{ usually: kind.usually, look: kind.look },
  }
}

/** A broken conversation that can be repeated: from one standing pod to another or to a Service, if there is one. */
function exampleOf(broken: readonly Case[]): Pick<Cause, 'example'> {
  const all = broken.map(({ path }) => path).filter(({ from, isNew }) => from.kind === 'pod' && !isNew)
  const example = all.find(({ to }) => to.kind === 'pod') ?? all[0]
  return example ? { example } : {}
}

const protocolOf = ({ broken }: Explanation): Pick<Cause, 'protocol'> => {
  const transports = [...new Set(broken.map(({ path, transport }) => (path.protocol === 'HTTP' ? 'HTTP' : transport)))]
  const [first, ...more] = transports
  return first !== undefined && more.length === 0 ? { protocol: first } : {}
}

const places = (rows: readonly Result[]) => rows.map(({ id, row }) => ({ id, row }))
const includes = (all: Cause['explains'], { id, row }: Result) => all.some((each) => each.id === id && each.row === row)
