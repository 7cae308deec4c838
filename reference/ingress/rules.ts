import { bySpecificity, covers, type Wildcard } from './hosts.ts'

/** A rule for the requests to a host and a path. */
export interface Rule<Target> {
  /** A name, `*.` and a name, or nothing for all hosts. */
  readonly host: string
  readonly wildcard: Wildcard
  readonly pathType: 'Exact' | 'Prefix'
  readonly path: string
  readonly target: Target
}

/** The most specific host of some rules that covers a host; undefined when none does. */
export function findHost(rules: readonly Rule<unknown>[], host: string): string | undefined {
  const found = rules.filter((rule) => covers(rule.host, host, rule.wildcard))
  return found.map((rule) => rule.host).sort(bySpecificity)[0]
}

/**
 * The rule for a request. The host decides first: rules of a less specific host are not considered. Then an exact path
 * wins, then the longest prefix, then the rule that comes first.
 */
export function findRule<Target>(rules: readonly Rule<Target>[], host: string, path: string): Rule<Target> | undefined {
  const pattern = findHost(rules, host)
  const found = rules.filter((rule) => rule.host === pattern && matches(rule, path))
  return found.sort(byPath)[0]
}

function matches({ pathType, path }: Rule<unknown>, requested: string): boolean {
  if (pathType === 'Exact') return path === requested
  const prefix = elementsOf(path)
  const elements = elementsOf(requested)
  return prefix.every((element, index) => element === elements[index])
}

/** The elements of a path. A slash at its end does not count. */
function elementsOf(path: string): string[] {
  const short = path.replace(/\/$/, '')
  return short === '' ? [] : short.split('/').slice(1)
}

function byPath(a: Rule<unknown>, b: Rule<unknown>): number {
  const exact = Number(b.pathType === 'Exact') - Number(a.pathType === 'Exact')
  return exact || elementsOf(b.path).length - elementsOf(a.path).length || b.path.length - a.path.length
}
