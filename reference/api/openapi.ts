import { apiVersionOf, groups, kinds } from './kinds.ts'

const documentPath = (group: string) => `${group === '' ? 'api' : 'apis'}/${apiVersionOf({ group })}`

/**
 * The OpenAPI document of a path; undefined when there is none. It says that the PATCH of each kind takes
 * `fieldValidation`, so that kubectl leaves validation to the server. It has no schemas: `kubectl explain` finds
 * nothing.
 */
export function describeOpenApi(path: string): unknown {
  if (path === '/openapi/v3') {
    const entries = groups.map((group) => [
      documentPath(group),
      { serverRelativeURL: `/openapi/v3/${documentPath(group)}` },
    ])
    return { paths: Object.fromEntries(entries) }
  }
  const group = groups.find((name) => path === `/openapi/v3/${documentPath(name)}`)
  if (group === undefined) return undefined
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string', uniqueItems: true },
  }))
  const paths = kinds
    .filter((kind) => kind.group === group)
    .map(({ kind, plural, namespaced }) => [
      `/${documentPath(group)}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`,
      {
        patch: {
          parameters,
          responses: { 200: { description: 'OK' } },
          'x-kubernetes-group-version-kind': { group, version: 'v1', kind },
        },
      },
    ])
  const info = { title: 'flatnet', version: 'v1' }
  return { openapi: '3.0.0', info, paths: Object.fromEntries(paths), components: { schemas: {} } }
}
