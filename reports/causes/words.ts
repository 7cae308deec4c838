import { type Case, isBroken } from './cases.ts'
import { allHold, type Dimension, type Literal } from './literals.ts'
import type { Explanation } from './search.ts'

/** A number with commas, as in the report's other texts. */
const number = (n: number | string) => Number(n).toLocaleString('en')

const valueIn = (literals: readonly Literal[], dimension: Dimension): string | undefined =>
  literals.find((literal) => literal.dimension === dimension)?.value

/** The one value that all have; undefined if they differ. */
function common<T>(all: readonly T[]): T | undefined {
  const [first, ...more] = new Set(all)
  return more.length === 0 ? first : undefined
}

/** The nodes that an explanation names; if it names none, the only one that took part in all of it. */
export function ends({ literals, broken }: Explanation): string[] {
  const named = literals.flatMap(({ dimension, value }) =>
    dimension === 'pair' ? value.split(' and ') : ['from', 'to', 'node', 'pods on'].includes(dimension) ? value : [],
  )
  if (named.length > 0) return [...new Set(named)].sort()
  const [first, ...more] = broken
  const shared = (first?.nodes ?? []).filter((node) => more.every(({ nodes }) => nodes.includes(node)))
  return shared.length === 1 ? shared : []
}

/** One sentence about an explanation: what, where, what becomes of it, and in how many conversations. */
export function tell(explanation: Explanation, { broken, of }: { broken: number; of: number }): string {
  if (isDns(explanation)) return tellDns(explanation, { broken, of })
  const counted =
    broken === of ? `${number(broken)} of ${number(of)}` : `${number(broken)} of ${number(of)} conversations`
  return `${subjectOf(explanation)} ${placeOf(explanation)} ${verbOf(explanation)} (${counted}).`
}

const isDns = ({ broken }: Explanation) => broken.every(({ path }) => path.protocol.startsWith('DNS'))

/** One sentence about questions to cluster DNS. */
function tellDns(explanation: Explanation, { broken, of }: { broken: number; of: number }): string {
  const { literals } = explanation
  const over = valueIn(literals, 'transport') ?? common(explanation.broken.map(({ transport }) => transport))
  const [node] = ends(explanation)
  const got = explanation.broken.every(({ path }) => path.effect === 'wrong answer') ? 'a wrong answer' : 'no answer'
  return `Questions to cluster DNS${over ? ` over ${over}` : ''} from ${node ? `pods on ${node}` : 'pods on all nodes'} get ${got} (${number(broken)} of ${number(of)}).`
}

function subjectOf({ literals, broken }: Explanation): string {
  const protocol = valueIn(literals, 'protocol') ?? common(broken.map(({ path }) => path.protocol))
  const transport = valueIn(literals, 'transport') ?? common(broken.map((each) => each.transport))
  const what = protocol === 'HTTP' ? 'HTTP' : ((protocol?.startsWith('DNS') ? protocol : transport) ?? 'Traffic')
  const client = valueIn(literals, 'client kind')
  const [family, port, localPort] = (['family', 'port', 'local port'] as const).map((dimension) =>
    valueIn(literals, dimension),
  )
  const parts = [
    ...(family ? [` over ${family}`] : []),
    ...(client === 'host pod' ? [' of host-network pods'] : []),
    ...sizesOf(literals),
    ...(port ? [` to port ${port}`] : []),
    ...(localPort ? [` with local ports from ${number(localPort)} on`] : []),
    LIVES[lifeOf({ literals, broken }) ?? ''] ?? '',
    ...(valueIn(literals, 'namespaces') === 'two' ? [' between namespaces'] : []),
    ...(valueIn(literals, 'isNew') === 'true' ? [' with pods that started during the run'] : []),
  ]
  return `${what}${parts.join('')}`
}

function sizesOf(literals: readonly Literal[]): string[] {
  const words = (dimension: Dimension, what: string, limit: string) => {
    const size = valueIn(literals, dimension)
    return size === undefined ? [] : [` with ${what}${number(size)} bytes and ${limit}`]
  }
  return [
    ...words('large', '', 'more'),
    ...words('large request', 'requests of ', 'more'),
    ...words('large answer', 'answers of ', 'more'),
    ...words('small request', 'requests of ', 'less'),
  ]
}

/** What all broken conversations had behind them. */
export const lifeOf = ({ literals, broken }: Pick<Explanation, 'literals' | 'broken'>): string | undefined =>
  valueIn(literals, 'life') ?? common(broken.map(({ path }) => path.life))

/** What a connection has behind it, in words. */
const LIVES: Readonly<Record<string, string>> = {
  'a rest': ' after some seconds without a packet',
  'many requests': ' after many requests on one connection',
  'a half-close': ' after the client has closed its side',
  'its end': ' from a local port that was used just before',
  others: ' on a connection that is kept open',
}

function placeOf(explanation: Explanation): string {
  const { literals, broken } = explanation
  const scope = valueIn(literals, 'scope') ?? common(broken.map((each) => each.scope))
  const via = valueIn(literals, 'via') ?? common(broken.map(({ path }) => path.via))
  const [from, to, named, podsOn] = (['from', 'to', 'node', 'pods on'] as const).map((dimension) =>
    valueIn(literals, dimension),
  )
  const node = named ?? podsOn ?? ((from ?? to) ? undefined : ends(explanation)[0])
  const who = node && podsOn === node ? `pods on ${node}` : node
  const server = valueIn(literals, 'server pod')
  const pods = [
    ...(valueIn(literals, 'client pod') ? [`of pod ${valueIn(literals, 'client pod')}`] : []),
    ...(server ? [via === 'virtual IP' ? `(${server})` : `with ${server}`] : []),
  ].join(' ')
  const pair = valueIn(literals, 'pair')
  const place = pair
    ? `between ${pair}`
    : placeWords({ scope, reach: valueIn(literals, 'reach'), via, from, to, node, who })
  return pods ? `${place} ${pods}` : place
}

interface Where {
  scope: string | undefined
  reach: string | undefined
  via: string | undefined
  from: string | undefined
  to: string | undefined
  node: string | undefined
  /** The node, or its pods. */
  who: string | undefined
}

function placeWords({ scope, reach, via, from, to, node, who }: Where): string {
  const client = from ?? node
  if (via === 'localhost') return `over localhost inside a pod${client ? ` on ${client}` : ''}`
  if (scope === 'inside a pod') return `of a pod to itself${client ? ` on ${client}` : ''}`
  if (scope === 'inside a node') return (client ?? to) ? `inside ${client ?? to}` : 'inside every node'
  if (scope === 'to the outside') return `from ${from ?? who ?? 'every node'} to hosts outside`
  if (via === 'node port')
    return `${from ? `from ${from} ` : ''}to node ports${(to ?? node) ? ` of ${to ?? node}` : ''}`
  if (scope === 'from outside') return `from hosts outside${(to ?? node) ? ` to ${to ?? node}` : ''}`
  if (via === 'virtual IP' || via === 'name') return `from ${client ?? 'all nodes'} to virtual IPs`
  if (reach === 'beyond a node' && scope === undefined && client)
    return from
      ? `from ${from} to everything outside it`
      : `between ${who} and everything outside ${who === node ? 'it' : 'that node'}`
  if (from && to) return from === to ? `inside ${from}` : `from ${from} to ${to}`
  if (from) return `from ${from} to ${scope === 'between nodes' ? 'other nodes' : 'pods'}`
  if (to) return `from ${scope === 'between nodes' ? 'other nodes' : 'clients'} to ${to}`
  if (who) return scope === 'between nodes' ? `between ${who} and other nodes` : `at ${who}`
  return scope === 'between nodes' ? 'between nodes' : 'on all nodes'
}

const FAILS: Readonly<Record<string, string>> = {
  timeout: 'is lost',
  refused: 'is refused',
  unreachable: 'finds no route',
  reset: 'is reset',
  closed: 'is closed by the other side',
  foreign: 'is answered by a program that is no probe',
  dns: 'finds no name',
}

/** Whether hosts outside saw the pods' own addresses in most of these conversations, whose answers were lost. */
export const isUnmasked = (broken: readonly Case[]): boolean =>
  2 * broken.filter(({ path }) => path.isUnmasked).length > broken.length

function verbOf({ broken }: Explanation): string {
  if (broken[0]?.harm === 'not refused') return 'is not refused, although nothing listens'
  const effects = Map.groupBy(broken, ({ path }) => path.effect)
  const [effect = 'timeout'] = [...effects].sort(([, a], [, b]) => b.length - a.length)[0] ?? []
  const becomes = common(broken.flatMap(({ path }) => path.becomes ?? []))
  if (isUnmasked(broken)) return 'arrives with the address of the pod, so the answers find no way back'
  if (effect === 'source') return `arrives with ${becomes ? `the source address ${becomes}` : 'another source address'}`
  if (effect === 'source port') return 'arrives with another source port'
  if (effect === 'destination') return 'is redirected: the address that is dialled is not the one that answers'
  if (effect === 'wrong server') return 'is answered by a server that may not answer'
  if (effect === 'bytes') return 'arrives changed'
  if (effect === 'wrong answer') return 'gets a wrong answer'
  return FAILS[effect] ?? 'fails'
}

const OTHER = { TCP: 'UDP', UDP: 'TCP' } as const

/** Sentences about what is intact beside an explanation: the same with one condition turned round. */
export function intactBeside({ literals, broken }: Explanation, all: readonly Case[]): string[] {
  const without = (...dimensions: Dimension[]) => literals.filter(({ dimension }) => !dimensions.includes(dimension))
  const among = (kept: readonly Literal[], more: (each: Case) => boolean) =>
    all.filter((each) => allHold(kept, each) && more(each))
  const [harm] = broken.map((each) => each.harm)
  const whole = (cases: readonly Case[], words: string): string[] => {
    const n = cases.filter(({ harm: own }) => own === undefined).reduce((sum, { path }) => sum + path.count, 0)
    return n > 0 && !cases.some((each) => isBroken(each) && each.harm === harm)
      ? [`${words} is intact (${number(n)} of ${number(n)}).`]
      : []
  }
  const transport = valueIn(literals, 'transport') ?? common(broken.map((each) => each.transport))
  const named = transport ?? 'Traffic'
  const [node] = ends({ literals, broken, intact: [] })
  const scope = valueIn(literals, 'scope') ?? common(broken.map((each) => each.scope))
  const same = (each: Case) => transport === undefined || each.transport === transport
  return [
    ...(transport === 'TCP' || transport === 'UDP'
      ? whole(
          among(without('transport', 'protocol'), (each) => each.transport === OTHER[transport]),
          `${OTHER[transport]} on the same path`,
        )
      : []),
    ...(node && scope === 'between nodes'
      ? whole(
          all.filter((each) => same(each) && each.scope === 'inside a node' && each.nodes.includes(node)),
          `${named} inside ${node}`,
        )
      : []),
    ...(node && scope
      ? whole(
          among(
            without('from', 'to', 'node', 'pods on', 'pair'),
            (each) => same(each) && each.scope === scope && !each.nodes.includes(node),
          ),
          `${named} that does not touch ${node}`,
        )
      : []),
    ...(literals.some(({ dimension }) => dimension.startsWith('large'))
      ? whole(
          among(without('large', 'large request', 'large answer'), (each) => !allHold(literals, each)),
          'Smaller traffic on the same path',
        )
      : []),
  ]
}
