import type { Case } from './cases.ts'

/** What a condition is about. `node`: one of the two ends is on it, whichever. */
export type Dimension =
  | 'transport'
  | 'protocol'
  | 'scope'
  | 'reach'
  | 'via'
  | 'from'
  | 'to'
  | 'node'
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
    reach: 1,
    from: 1,
    to: 1,
    node: 1.1,
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

/** The values that a case has in each dimension, of those that are words. */
function wordsOf({ path, scope, nodes, pair, transport }: Case): Word[] {
  const { from, to, protocol, via, port, localPort, isNew } = path
  return [
    ['transport', transport],
    ...(protocol === 'HTTP' || protocol.startsWith('DNS') ? [['protocol', protocol] as const] : []),
    ['scope', scope],
    ['reach', scope.startsWith('inside') ? 'within a node' : 'beyond a node'],
    ['via', via],
    ...(from.node ? [['from', from.node] as const] : []),
    ...(to.node && to.kind !== 'service' ? [['to', to.node] as const] : []),
    ...nodes.map((node): Word => ['node', node]),
    ...(pair === undefined ? [] : [['pair', pair] as const]),
    ['namespaces', path.isAcross ? 'two' : 'one'],
    ...(path.life === undefined ? [] : [['life', path.life] as const]),
    ['client kind', from.kind],
    ['isNew', String(isNew)],
    ['port', String(port)],
    ...(localPort === undefined ? [] : [['local port', String(localPort)] as const]),
    ['client pod', from.name],
    ['server pod', to.name],
  ]
}

/** Whether a condition holds for a case. A conversation that was not about sizes is a small one. */
export function holds({ dimension, value }: Literal, each: Case): boolean {
  const { request = 64, answer = 64 } = each.path
  if (dimension === 'large') return Math.max(request, answer) >= Number(value)
  if (dimension === 'large request') return request >= Number(value)
  if (dimension === 'large answer') return answer >= Number(value)
  if (dimension === 'small request') return request <= Number(value)
  return wordsOf(each).some(([name, word]) => name === dimension && word === value)
}

/** The conditions that hold for some of these cases. Of sizes, the smallest that was large enough in each direction. */
export function literalsOf(broken: readonly Case[]): Literal[] {
  const words = new Map(
    broken.flatMap((each) =>
      wordsOf(each).map(([dimension, value]) => [`${dimension} ${value}`, { dimension, value }] as const),
    ),
  )
  const sizes = (dimension: Dimension, pick: (each: Case) => number | undefined, of: (all: number[]) => number) => {
    const all = broken.flatMap((each) => pick(each) ?? [])
    return all.length > 0 ? [{ dimension, value: String(of(all)) }] : []
  }
  const least = (all: number[]) => Math.min(...all)
  return [
    ...words.values(),
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
