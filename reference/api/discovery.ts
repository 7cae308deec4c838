import { apiVersionOf, groups, type Kind, kinds } from './kinds.ts'

/** The document of a path that describes the API itself; undefined when the path is another. */
export function describeApi(path: string): unknown {
  if (path === '/version') return version
  const [root, group, groupVersion] = path.split('/').filter(Boolean)
  if (path === '/api') return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] }
  if (path === '/apis')
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter((name) => name !== '').map(groupOf) }
  if (path === '/api/v1') return resourceList('')
  if (root !== 'apis' || group === undefined || !groups.includes(group)) return undefined
  if (groupVersion === undefined) return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) }
  return path === `/apis/${group}/v1` ? resourceList(group) : undefined
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

const optional = ({ short, categories }: Kind) => ({
  ...(short.length > 0 && { shortNames: short }),
  ...(categories.length > 0 && { categories }),
})

function resourceList(group: string) {
  const resources = kinds
    .filter((kind) => kind.group === group)
    .flatMap((row) => [
      {
        name: row.plural,
        singularName: row.kind.toLowerCase(),
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
