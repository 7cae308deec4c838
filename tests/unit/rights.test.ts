import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { rightsOf } from '../../cluster/doctor/rights.ts'
import { readSpecification } from '../../suite/features.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What a run on a cluster of the user never does: the clean-up of dead runs, clusters that flatnet created, privileged pods, a watch's set. */
const OTHERS =
  /^cluster\/(doctor|sources|site\/clean|site\/daemon-sets|site\/owner-gone|nodes\/privileged|kube\/keep-config-map|ingress\/(install|remove))/
/** What every user may do, or what is asked with a dry run of another call. */
const EVERYBODY = new Set(['createSelfSubjectAccessReview', 'getCode'])

const VERBS: Readonly<Record<string, string>> = { read: 'get', replace: 'update', deleteCollection: 'deletecollection' }
const CALL = /\.(?:core|discovery|networking|coordination|apps|rbac)\.(\w+)\(/g
const NAME = /^(create|read|list|replace|patch|deleteCollection|delete)(Namespaced)?([A-Z]\w*?)(ForAllNamespaces)?$/

const pluralOf = (kind: string) =>
  kind.endsWith('y') ? `${kind.slice(0, -1)}ies` : /s$/.test(kind) ? `${kind}es` : `${kind}s`

interface Call {
  file: string
  verb: string
  resource: string
  isNamespaced: boolean
}

const calls = globSync('{cluster,fixtures,promises,steps,suite}/**/*.ts', { cwd: root })
  .filter((file) => !OTHERS.test(file))
  .flatMap((file) =>
    [...readFileSync(`${root}${file}`, 'utf8').matchAll(CALL)].flatMap(([, method = '']): Call[] => {
      if (EVERYBODY.has(method)) return []
      const [, verb = '', namespaced, kind = ''] = NAME.exec(method) ?? []
      assert.ok(kind, `${file} calls ${method}`)
      const isNamespaced = namespaced !== undefined
      return [{ file, verb: VERBS[verb] ?? verb, resource: pluralOf(kind.toLowerCase()), isNamespaced }]
    }),
  )

describe('the rights that doctor asks for', () => {
  const rights = rightsOf(undefined)

  it('are those of every call in the sources', () => {
    assert.ok(calls.length > 40, `${calls.length} calls were found`)
    for (const { file, verb, resource, isNamespaced } of calls) {
      const known = rights.some(
        (right) => right.verb === verb && right.resource === resource && (right.where !== 'cluster' || !isNamespaced),
      )
      assert.ok(
        known,
        `${file} calls ${verb} ${resource}${isNamespaced ? ' in a namespace' : ''}, which rights.ts does not have`,
      )
    }
  })

  it('are no others', () => {
    const indirect = /^(pods\/exec|gateways|httproutes|gatewayclasses)$/
    for (const { verb, resource, where } of rights) {
      if (indirect.test(resource) || verb === 'watch' || `${verb} ${resource}` === 'delete namespaces') continue
      const cleaned = verb === 'deletecollection' && /^(ingresses|secrets)$/.test(resource)
      const used = calls.some(
        (call) => call.verb === verb && call.resource === resource && call.isNamespaced === (where !== 'cluster'),
      )
      assert.ok(used || cleaned, `${verb} ${resource} (${where}): no source calls it`)
    }
  })

  it('name promises and tags that exist', () => {
    const { rows } = readSpecification()
    for (const { loses } of rights) {
      if (loses === 'run' || 'knows' in loses) continue
      if ('ids' in loses)
        for (const id of loses.ids)
          assert.ok(
            rows.some((row) => row.id === id),
            id,
          )
      else
        for (const tag of loses.tags)
          assert.ok(
            rows.some(({ tags }) => tags.includes(tag)),
            tag,
          )
    }
  })

  it('are fewer in a namespace that exists', () => {
    const more = rights.filter(
      (right) => !rightsOf('team').some((each) => each.verb === right.verb && each.resource === right.resource),
    )
    assert.deepEqual(
      more.map(({ verb, resource }) => `${verb} ${resource}`),
      [
        ...['create namespaces', 'delete namespaces'],
        ...['create', 'delete', 'deletecollection'].map((verb) => `${verb} networkpolicies`),
      ],
    )
  })
})
