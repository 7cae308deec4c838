/**
 * The steps from a place of a ring of so many to the others that it talks to: 1, -1, 2, -2, so that two neighbours talk to each other.
 * A step backwards is one almost around the ring.
 */
export function stepsAround(length: number, neighbours: number): number[] {
  const reach = Math.min(length - 1, neighbours)
  return Array.from({ length: reach }, (_, i) => (i % 2 === 0 ? i / 2 + 1 : length - (i + 1) / 2))
}
