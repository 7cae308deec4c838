import type { Effect, Path } from '../../contract/path.ts'
import { count, duration, median } from './words.ts'

/** What became of all conversations between two places. */
export interface Cell {
  state: 'ok' | 'translated' | 'unreachable' | 'wrong' | 'not tested'
  /** The protocols that are not ok, if others are. */
  only: string
  /** One sentence: counts, effects, and the median time of each protocol. */
  says: string
  ms: number | undefined
}

const TRANSLATED: ReadonlySet<Effect> = new Set(['source', 'source port', 'destination'])
const WRONG: ReadonlySet<Effect> = new Set(['wrong server', 'bytes', 'wrong answer', 'foreign'])

const stateOf = (bad: readonly Path[]): Cell['state'] => {
  if (bad.length === 0) return 'ok'
  if (bad.some(({ effect }) => !TRANSLATED.has(effect) && !WRONG.has(effect) && effect !== 'ok')) return 'unreachable'
  return bad.some(({ effect }) => TRANSLATED.has(effect)) ? 'translated' : 'wrong'
}

const sum = (paths: readonly Path[], pick: (path: Path) => number) =>
  paths.reduce((total, path) => total + pick(path), 0)

/** Judges conversations: a row's promise decides what is wrong, because some translations are promised. */
export function cellOf(paths: readonly Path[]): Cell {
  if (paths.length === 0) return { state: 'not tested', only: '', says: 'no conversation', ms: undefined }
  const bad = paths.filter(({ against }) => against > 0)
  const all = [...new Set(paths.map(({ protocol }) => protocol))].sort()
  const wrong = new Set(bad.map(({ protocol }) => protocol))
  const times = paths.flatMap(({ ms }) => (ms === undefined ? [] : [ms]))
  return {
    state: stateOf(bad),
    only: wrong.size > 0 && wrong.size < all.length ? [...wrong].join(' ') : '',
    says: all
      .map((protocol) =>
        protocolWords(
          protocol,
          paths.filter((path) => path.protocol === protocol),
        ),
      )
      .join('; '),
    ms: median(times),
  }
}

function protocolWords(protocol: string, paths: readonly Path[]): string {
  const bad = paths.filter(({ against }) => against > 0)
  const effects = [...Map.groupBy(bad, ({ effect }) => effect)].map(
    ([effect, some]) => `${sum(some, ({ against }) => against)} ${EFFECTS[effect] ?? effect}`,
  )
  const time = median(paths.flatMap(({ ms }) => (ms === undefined ? [] : [ms])))
  const words = [
    count(
      sum(paths, (path) => path.count),
      'conversation',
    ),
    ...(effects.length > 0 ? effects : ['all ok']),
    ...(time === undefined ? [] : [`median ${duration(time)}`]),
  ]
  return `${protocol}: ${words.join(', ')}`
}

const EFFECTS: Readonly<Partial<Record<Effect, string>>> = {
  ...{ source: 'with another source address', 'source port': 'with another source port' },
  ...{ destination: 'with another destination', timeout: 'without an answer', dns: 'without a name' },
  ...{
    bytes: 'with changed bytes',
    'wrong server': 'answered wrongly',
    'wrong answer': 'answered wrongly',
    ok: 'that should have failed',
  },
}
