import type { Case } from './cases.ts'

/** What a condition is about. `node`: one of the two ends is on it, whichever. `pods on`: so is one in the pod network. */
export type Dimension =
  | 'transport'
  | 'protocol'
  | 'scope'
  | 'family'
  | 'reach'
  | 'via'
  | 'from'
  | 'to'
  | 'node'
  | 'pods on'
  | 'pair'
  | 'namespaces'
  | 'client kind'
  | 'isNew'
  | 'port'
  | 'local port'
  | 'life'
  | 'large'
  | 'large request'
  | 'large answer'
  | 'small request'
  | 'client pod'
  | 'server pod'

/** One condition on conversations, such as "from node-2". */
export interface Literal {
  dimension: Dimension
  /** A word, or for a size the number of bytes from which on it holds. */
  value: string
}

/** How much a condition costs: an explanation with few and plain conditions is better. */
export const COST: Readonly<Record<Dimension, number>> = {
  ...{
    transport: 1,
    scope: 1,
    family: 1,
    reach: 1,
    from: 1,
    to: 1,
    node: 1.1,
    'pods on': 1.2,
    via: 1.1,
    pair: 1.6,
    namespaces: 1.5,
    life: 1.4,
    large: 1.5,
  },
  ...{ protocol: 1.5, 'client kind': 1.5, isNew: 1.5, 'large request': 1.6, 'large answer': 1.6, 'small request': 2 },
  ...{ port: 1.8, 'local port': 1.8, 'client pod': 2.5, 'server pod': 2.5 },
}

type Word = readonly [Dimension, string]

/** The dimensions whose values are words. */
const WORDS = [
  ...([
    'transport',
    'protocol',
    'scope',
    'reach',
    'via',
    'from',
    'to',
    'pair',
    'namespaces',
    'life',
    'family',
  ] as const),
  ...(['client kind', 'isNew', 'port', 'local port', 'client pod', 'server pod'] as const),
] satisfies Dimension[]

/** The value of a case in a dimension; undefined if it has none there. */
function wordIn(dimension: (typeof WORDS)[number], { path, scope, pair, transport }: Case): string | undefined {
  const { from, to, protocol } = path
  switch (dimension) {
    case 'transport':
      return transport
    case 'protocol':
      return protocol === 'HTTP' || protocol.startsWith('DNS') ? protocol : undefined
    case 'scope':
      return scope
    case 'reach':
      return scope.startsWith('inside') ? 'within a node' : 'beyond a node'
    case 'via':
      return path.via
    case 'from':
      return from.node || undefined
    case 'to':
      return to.kind === 'service' ? undefined : to.node || undefined
    case 'pair':
      return pair
    case 'namespaces':
      return path.isAcross ? 'two' : 'one'
    case 'family':
      return path.family
    case 'life':
      return path.life
    case 'client kind':
      return from.kind
    case 'isNew':
      return String(path.isNew)
    case 'port':
      return String(path.port)
    case 'local port':
      return path.localPort === undefined ? undefined : String(path.localPort)
    case 'client pod':
      return from.name
    case 'server pod':
      return to.name
  }
}

const wordsOf = (each: Case): Word[] => [
  ...WORDS.flatMap((dimension): Word[] => {
    const value = wordIn(dimension, each)
    return value === undefined ? [] : [[dimension, value]]
  }),
  ...each.nodes.map((node): Word => ['node', node]),
  ...each.podNodes.map((node): Word => ['pods on', node]),
]

/** Whether a condition holds for a case. A conversation that was not about sizes is a small one. */
export function holds({ dimension, value }: Literal, each: Case): boolean {
  const { request = 64, answer = 64 } = each.path
  if (dimension === 'large') return Math.max(request, answer) >= Number(value)
  if (dimension === 'large request') return request >= Number(value)
  if (dimension === 'large answer') return answer >= Number(value)
  if (dimension === 'small request') return request <= Number(value)
  if (dimension === 'node') return each.nodes.includes(value)
  if (dimension === 'pods on') return each.podNodes.includes(value)
  return wordIn(dimension, each) === value
}

/** Whether all of these conditions hold for a case. */
export const allHold = (literals: readonly Literal[], each: Case): boolean =>
  literals.every((literal) => holds(literal, each))

/** A condition counts only if it holds for this share of the broken conversations: on many nodes there would be thousands. */
const LEAST_SHARE = 0.02

/** The conditions that hold for some of these cases. Of sizes, the smallest that was large enough in each direction. */
export function literalsOf(broken: readonly Case[]): Literal[] {
  const found = Map.groupBy(
    broken.flatMap((each) => wordsOf(each)),
    (word) => word.join(' '),
  )
  const words = [...found.values()].flatMap((same) => {
    const [dimension, value] = same[0] as Word
    return same.length >= broken.length * LEAST_SHARE ? [{ dimension, value }] : []
  })
  const sizes = (dimension: Dimension, pick: (each: Case) => number | undefined, of: (all: number[]) => number) => {
    const all = broken.flatMap((each) => pick(each) ?? [])
    return all.length > 0 ? [{ dimension, value: String(of(all)) }] : []
  }
  const least = (all: number[]) => Math.min(...all)
  return [
    ...words,
    ...sizes('large', ({ path: { request = 0, answer = 0 } }) => Math.max(request, answer) || undefined, least),
    ...sizes('large request', ({ path }) => path.request, least),
    ...sizes('large answer', ({ path }) => path.answer, least),
    ...sizes(
      'small request',
      ({ path }) => path.request,
      (all) => Math.max(...all),
    ),
  ]
}
