import { apiVersionOf, groups, type Kind, kinds } from './kinds.ts'

const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/** What is served under a path that describes the API itself: the body and its type, or nothing. */
export function describeApi(path: string, accept: string): { body: unknown; type?: string } | undefined {
  if (path === '/version') return { body: version }
  const [root, group, groupVersion] = path.split('/').filter(Boolean)
  if (path === '/api' || path === '/apis') {
    const named = path === '/api' ? [''] : groups.filter((name) => name !== '')
    // kubectl asks for everything in one answer first.
    if (/as=APIGroupDiscoveryList/.test(accept) && /v=v2(;|,|$)/.test(accept))
      return { body: discoveryList(named), type: aggregated }
    if (path === '/api') return { body: { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] } }
    return { body: { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(groupOf) } }
  }
  if (path === '/api/v1') return { body: resourceList('') }
  if (root !== 'apis' || group === undefined || !groups.includes(group)) return undefined
  if (groupVersion === undefined) return { body: { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) } }
  return path === `/apis/${group}/v1` ? { body: resourceList(group) } : undefined
}

const version = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.3+flatnet',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: 'linux/amd64',
}

function groupOf(name: string) {
  const preferredVersion = { groupVersion: `${name}/v1`, version: 'v1' }
  return { name, versions: [preferredVersion], preferredVersion }
}

const kindsOf = (group: string) => kinds.filter((kind) => kind.group === group)
const singular = ({ kind }: Kind) => kind.toLowerCase()
const optional = ({ short, categories }: Kind) => ({
  ...(short.length > 0 && { shortNames: short }),
  ...(categories.length > 0 && { categories }),
})

function resourceList(group: string) {
  const resources = kindsOf(group).flatMap((row) => [
    {
      name: row.plural,
      singularName: singular(row),
      namespaced: row.namespaced,
      kind: row.kind,
      verbs: row.verbs,
      ...optional(row),
    },
    ...Object.entries(row.subresources).map(([name, { verbs, kind }]) => ({
      name: `${row.plural}/${name}`,
      singularName: '',
      namespaced: row.namespaced,
      kind: kind ?? row.kind,
      verbs,
    })),
  ])
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersionOf({ group }), resources }
}

function discoveryList(named: readonly string[]) {
  const resource = (row: Kind) => ({
    resource: row.plural,
    responseKind: { group: row.group, version: 'v1', kind: row.kind },
    scope: row.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular(row),
    verbs: row.verbs,
    ...optional(row),
    subresources: Object.entries(row.subresources).map(([subresource, { verbs, kind }]) => ({
      subresource,
      responseKind: { group: row.group, version: 'v1', kind: kind ?? row.kind },
      verbs,
    })),
  })
  const items = named.map((group) => ({
    metadata: group === '' ? {} : { name: group },
    versions: [{ version: 'v1', freshness: 'Current', resources: kindsOf(group).map(resource) }],
  }))
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items }
}
