import type { Case } from './cases.ts'
import { COST, holds, type Literal, literalsOf } from './literals.ts'

/** A conjunction of conditions that tells broken conversations from others. */
export interface Explanation {
  literals: readonly Literal[]
  /** The kinds of conversations that are broken, or intact, where all conditions hold. */
  broken: readonly Case[]
  intact: readonly Case[]
}

/** How many conjunctions are carried on from one length to the next, and the greatest length. */
const BEAM = 48
const LONGEST = 5

/** How much better a conjunction must tell them apart for each unit of cost. */
const PRICE = 0.012

interface Candidate {
  literals: readonly Literal[]
  positives: Bits
  negatives: Bits
  score: number
}

type Bits = Uint8Array

/** One condition is enough about each of these: all sizes are one. */
const subjectOf = ({ dimension }: Literal): string => (/large|small/.test(dimension) ? 'size' : dimension)

function and(a: Bits, b: Bits): Bits {
  const both = new Uint8Array(a.length)
  for (let i = 0; i < a.length; i++) both[i] = (a[i] ?? 0) & (b[i] ?? 0)
  return both
}

function count(bits: Bits): number {
  let sum = 0
  for (const bit of bits) sum += bit
  return sum
}

/**
 * Finds the conjunction of conditions that tells the broken conversations from the intact ones best: by Matthews’ correlation
 * coefficient, less a price for each condition. Undefined if there are no broken ones.
 */
export function explain(broken: readonly Case[], intact: readonly Case[]): Explanation | undefined {
  if (broken.length === 0) return undefined
  const bits = (all: readonly Case[], literal: Literal): Bits =>
    Uint8Array.from(all, (each) => (holds(literal, each) ? 1 : 0))
  // On a cluster of one IP family its name would tell conversations from those whose family is not known.
  const families = new Set([...broken, ...intact].flatMap(({ path }) => path.family ?? []))
  const literals = literalsOf(broken).filter(({ dimension }) => dimension !== 'family' || families.size > 1)
  const known = literals.map((literal) => ({
    literal,
    positives: bits(broken, literal),
    negatives: bits(intact, literal),
  }))
  const score = (positives: Bits, negatives: Bits, literals: readonly Literal[]) =>
    correlation(count(positives), count(negatives), broken.length, intact.length) -
    PRICE * literals.reduce((sum, { dimension }) => sum + COST[dimension], 0)
  const all: Candidate = {
    literals: [],
    positives: new Uint8Array(broken.length).fill(1),
    negatives: new Uint8Array(intact.length).fill(1),
    score: 0,
  }
  let best = all
  let beam = [all]
  for (let length = 0; length < LONGEST; length++) {
    const next = new Map<string, Candidate>()
    for (const candidate of beam) {
      for (const { literal, positives: p, negatives: n } of known) {
        if (candidate.literals.some((each) => subjectOf(each) === subjectOf(literal))) continue
        const literals = [...candidate.literals, literal]
        const name = literals
          .map(({ dimension, value }) => `${dimension} ${value}`)
          .sort()
          .join()
        if (next.has(name)) continue
        const [positives, negatives] = [and(candidate.positives, p), and(candidate.negatives, n)]
        if (count(positives) === 0) continue
        next.set(name, { literals, positives, negatives, score: score(positives, negatives, literals) })
      }
    }
    beam = [...next.values()].sort((a, b) => b.score - a.score).slice(0, BEAM)
    const [first] = beam
    if (first && first.score > best.score + 1e-9) best = first
    else if (length > 1) break
  }
  return {
    literals: best.literals,
    broken: broken.filter((_, i) => best.positives[i]),
    intact: intact.filter((_, i) => best.negatives[i]),
  }
}

/** Matthews’ correlation coefficient of "the conditions hold" and "it is broken". If nothing is intact: the share that is covered. */
function correlation(tp: number, fp: number, positives: number, negatives: number): number {
  if (negatives === 0) return tp / positives
  const [fn, tn] = [positives - tp, negatives - fp]
  const product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
  return product === 0 ? 0 : (tp * tn - fp * fn) / Math.sqrt(product)
}
