import { WATCH_BUCKETS, type Watched, type WatchKind } from '../probe/watch/types.ts'

type OfKinds = Watched['durations']

/** How many answers of a node took how long, by kind, over all processes of its probe. */
export class Durations {
  readonly #ended = new Map<string, OfKinds>()
  readonly #now = new Map<string, OfKinds>()

  take(node: string, isNew: boolean, durations: OfKinds): void {
    const before = this.#now.get(node)
    if (isNew && before) this.#ended.set(node, added(this.#ended.get(node) ?? {}, before))
    this.#now.set(node, durations)
  }

  /** By node. */
  all(): [node: string, OfKinds][] {
    return [...this.#now].map(([node, now]) => [node, added(this.#ended.get(node) ?? {}, now)])
  }
}

function added(a: OfKinds, b: OfKinds): OfKinds {
  const kinds = [...new Set([...Object.keys(a), ...Object.keys(b)])] as WatchKind[]
  const none = { classes: Array<number>(WATCH_BUCKETS.length + 1).fill(0), sumMs: 0 }
  return Object.fromEntries(
    kinds.map((kind) => {
      const [one, other] = [a[kind] ?? none, b[kind] ?? none]
      const classes = one.classes.map((n, i) => n + (other.classes[i] ?? 0))
      return [kind, { classes, sumMs: one.sumMs + other.sumMs }]
    }),
  )
}
