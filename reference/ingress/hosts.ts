/** How many labels a `*` stands for: one in an Ingress, one or more in the Gateway API. */
export type Wildcard = 'one label' | 'labels'

/** The name in a Host header, without the port: in lower case, and empty when there is none. */
export function hostOf(header = ''): string {
  return header.replace(/:\d*$/, '').replace(/\.$/, '').toLowerCase()
}

/** Whether a pattern (a name, `*.` and a name, or nothing for all) covers a host. */
export function covers(pattern: string, host: string, wildcard: Wildcard): boolean {
  if (pattern === '' || pattern === host) return true
  if (!pattern.startsWith('*.') || !host.endsWith(pattern.slice(1))) return false
  const rest = host.slice(0, host.length - pattern.length + 1)
  return rest !== '' && (wildcard === 'labels' || !rest.includes('.'))
}

/** Sorts patterns: names first, then the longer `*.` and name, and last the pattern for all. */
export function bySpecificity(a: string, b: string): number {
  return rankOf(b) - rankOf(a) || b.length - a.length
}

const rankOf = (pattern: string) => (pattern === '' ? 0 : pattern.startsWith('*') ? 1 : 2)
