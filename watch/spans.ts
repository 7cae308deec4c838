/** A time with a begin and an end, in milliseconds of one clock. */
export interface Span {
  from: number
  to: number
}

/** The times that at least one of these covers, in order and without overlap. */
export function union(spans: readonly Span[]): Span[] {
  const out: Span[] = []
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else out.push({ from, to })
  }
  return out
}

/** The times of the first ones that no second one covers. */
export function minus(spans: readonly Span[], others: readonly Span[]): Span[] {
  let left = union(spans)
  for (const { from, to } of others)
    left = left.flatMap((span) =>
      to <= span.from || from >= span.to
        ? [span]
        : [
            { from: span.from, to: from },
            { from: to, to: span.to },
          ].filter((part) => part.from < part.to),
    )
  return left
}

/** The times that both cover. */
export const both = (spans: readonly Span[], others: readonly Span[]): Span[] => minus(spans, minus(spans, others))

/** The times within `whole` that none covers. */
export const gaps = (spans: readonly Span[], whole: Span): Span[] => minus([whole], spans)

/** The times before and after `whole`. */
export const beyond = ({ from, to }: Span): Span[] => [
  { from: Number.NEGATIVE_INFINITY, to: from },
  { from: to, to: Number.POSITIVE_INFINITY },
]

/** Each time, longer by so much on either side. */
export const widened = (spans: readonly Span[], before: number, after: number): Span[] =>
  spans.map(({ from, to }) => ({ from: from - before, to: to + after }))

const lengthOf = ({ from, to }: Span): number => to - from

/** The milliseconds of all of them together. */
export const sumOf = (spans: readonly Span[]): number => spans.reduce((sum, span) => sum + lengthOf(span), 0)

/** The milliseconds of the longest one; 0 if there is none. */
export const longestOf = (spans: readonly Span[]): number => Math.max(0, ...spans.map(lengthOf))
