import type { Cause } from '../cause.ts'
import type { Result } from '../model.ts'
import { type Case, casesOf, type Harm, isBroken } from './cases.ts'
import { kindOf } from './kinds.ts'
import { leftOver } from './left-over.ts'
import { holds, type Literal } from './literals.ts'
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

/** The order in which classes are explained: a broken path breaks Services and DNS as well. */
const ORDER: readonly Class[] = ['path', 'source', 'destination', 'server', 'content', 'refusal', 'service', 'dns']

/** The fewest kinds of broken conversations that make a cause sure. */
const LEAST = 3

/** The most causes of one class. What they do not explain stands by itself. */
const MOST = 4

/**
 * The smallest set of explanations of all broken promises of a run, the one that explains the most rows first. It is a pure function
 * of the results: of all conversations, broken and intact, and of the sentences of rows that are about no conversation.
 */
export function causesOf(results: readonly Result[], nodes: readonly string[]): Cause[] {
  const failed = results.filter(({ status }) => status === 'failed')
  if (failed.length === 0) return []
  const cases = casesOf(results)
  const found: { cause: Cause; explanation: Explanation; of: Class }[] = []
  for (const of of ORDER) {
    const intact = cases.filter((each) => isIntact(each, of))
    let open = distinct(cases.filter((each) => isBroken(each) && classOf(each) === of)).filter(
      (each) => !found.some((known) => follows(each, known.explanation, known.of)),
    )
    for (let n = 0; open.length > 0 && n < MOST; n++) {
      const explanation = explain(open, distinct(intact))
      if (!explanation || explanation.broken.length === 0) break
      const rows = rowsOf(explanation.broken)
      found.push({ cause: causeOf(explanation, cases, rows), explanation, of })
      open = open.filter((each) => !explanation.literals.every((literal) => holds(literal, each)))
    }
  }
  const byRow = Map.groupBy(cases.filter(isBroken), ({ result }) => result)
  const explained = found.map(({ cause, explanation, of }) => ({
    ...cause,
    explains: places(failed.filter((result) => isExplained(byRow.get(result) ?? [], explanation, of))),
  }))
  const rest = failed.filter((row) => !explained.some(({ explains }) => includes(explains, row)))
  return joined([...explained, ...leftOver(rest, nodes)]).sort((a, b) => b.explains.length - a.explains.length)
}

/** Causes of one kind on the same nodes as one, with the words of the first. */
function joined(causes: readonly Cause[]): Cause[] {
  const same = Map.groupBy(causes, ({ kind, nodes }) => `${kind} ${nodes.join()}`)
  return [...same.values()].map((group) => {
    const [first] = group as [Cause, ...Cause[]]
    const all = group.flatMap(({ explains }) => explains)
    const unique = new Map(all.map((each) => [`${each.id} ${each.row}`, each]))
    return { ...first, explains: [...unique.values()] }
  })
}

/** Whether a conversation speaks against an explanation of this class: the harm could have met it, and did not. */
function isIntact(each: Case, of: Class): boolean {
  if (isBroken(each)) return false
  if (of === 'dns') return each.path.protocol.startsWith('DNS') && each.harm === undefined
  if (each.path.protocol.startsWith('DNS')) return false
  if (of === 'refusal') return each.path.effect === 'refused'
  if (of === 'service') return isThroughService(each) && each.harm !== 'fails'
  if (of === 'path') return each.harm !== 'fails' && !isThroughService(each)
  return each.harm === undefined
}

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
    const { from, to, protocol, via, port, localPort, request, answer, isNew, isAcross, life } = path
    return JSON.stringify([
      scope,
      nodes,
      harm,
      isAcross,
      life,
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
const ANYWHERE: ReadonlySet<Literal['dimension']> = new Set([
  'to',
  'scope',
  'reach',
  'via',
  'server pod',
  'port',
  'isNew',
])

/** Whether a broken conversation follows from an explanation of a class before its own. */
function follows(each: Case, { literals }: Explanation, of: Class): boolean {
  const own = classOf(each)
  if (of !== 'path' && !(of === 'destination' && own === 'service')) return false
  const behind = isThroughService(each) || each.path.protocol.startsWith('DNS')
  const relevant = literals.filter(({ dimension }) => !(behind && ANYWHERE.has(dimension)))
  // The client may be anywhere if the server may be on that node.
  return relevant.every(
    (literal) => holds(literal, each) || (behind && (literal.dimension === 'from' || literal.dimension === 'node')),
  )
}

/** A row is explained if some of its broken conversations are. */
const isExplained = (broken: readonly Case[], explanation: Explanation, of: Class): boolean =>
  broken.some((each) =>
    classOf(each) === of
      ? explanation.literals.every((literal) => holds(literal, each))
      : follows(each, explanation, of),
  )

function causeOf(explanation: Explanation, all: readonly Case[], rows: readonly Result[]): Cause {
  const { broken, intact } = explanation
  const sum = (cases: readonly Case[], pick: (each: Case) => number) =>
    cases.reduce((total, each) => total + pick(each), 0)
  const hurt = all.filter((each) => isBroken(each) && explanation.literals.every((literal) => holds(literal, each)))
  const whole = sum(hurt, ({ path }) => path.against)
  const counts = { broken: whole, of: whole + sum(intact, ({ path }) => path.count) }
  const kind = kindOf(explanation)
  return {
    kind: kind.name,
    says: tell(explanation, counts),
    nodes: ends(explanation),
    ...protocolOf(explanation),
    counts,
    intact: intactBeside(explanation, all),
    explains: places(rows),
    isSure: broken.length >= Math.max(LEAST, explanation.literals.length + 1) && intact.length * 20 <= broken.length,
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
const rowsOf = (cases: readonly Case[]): Result[] => [...new Set(cases.map(({ result }) => result))]
