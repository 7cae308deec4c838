/** The cluster's domain in a pod's search list, such as `cluster.local`; undefined if no entry starts with `svc.`. */
export const zoneOf = (search: readonly string[]): string | undefined =>
  search.find((domain) => domain.startsWith('svc.'))?.slice('svc.'.length)
