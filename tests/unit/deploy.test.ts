import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { execaSync } from 'execa'
import { parse, parseAllDocuments } from 'yaml'
import { rightsOf } from '../../cluster/doctor/rights.ts'
import { Settings } from '../../contract/settings.ts'
import { ROOT } from '../acceptance/cli.ts'

interface Rule {
  apiGroups: string[]
  resources: string[]
  verbs: string[]
}
interface Manifest {
  kind: string
  metadata: { name: string; namespace?: string; labels?: Record<string, string> }
  rules?: Rule[]
  spec?: { template: { spec: PodSpec } }
}
interface PodSpec {
  securityContext: object
  containers: { image: string; args: string[]; securityContext: object; resources: object }[]
}

const text = (name: string) => readFileSync(join(ROOT, 'deploy', name), 'utf8')
const manifests = (name: string) => parseAllDocuments(text(name)).map((each) => each.toJS() as Manifest)
const jobOf = (name: string) => manifests(name).find(({ kind }) => kind === 'Job')?.spec?.template.spec as PodSpec

/** The flags of a container, as settings; throws for a flag that flatnet does not have. */
function settingsOf(args: readonly string[]): Settings {
  const flags = args.slice(1).map((arg) => /^--([a-z-]+)=(.*)$/.exec(arg) ?? [])
  const camel = (name = '') => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const number = (word = '') => (/^\d+$/.test(word) ? Number(word) : word)
  const { config: _, ...settings } = Object.fromEntries(flags.map(([, name, value]) => [camel(name), number(value)]))
  return Settings.parse(settings)
}

describe('the manifest', () => {
  const all = manifests('job.yaml')
  const roles = (kind: string) => all.filter((each) => each.kind === kind)

  it('gives each namespace of the probes the rights that a run uses', () => {
    const { args } = jobOf('job.yaml').containers[0] ?? { args: [] }
    for (const namespace of settingsOf(args).namespace?.split(',') ?? ['none']) {
      const { rules = [] } = roles('Role').find(({ metadata }) => metadata.namespace === namespace) ?? {}
      for (const { group, resource, verb, where } of rightsOf(namespace))
        if (where === 'run')
          assert.ok(
            rules.some(
              (rule) =>
                rule.apiGroups.includes(group) && rule.resources.includes(resource) && rule.verbs.includes(verb),
            ),
            `${verb} ${resource} in ${namespace}`,
          )
    }
  })

  it('writes nothing outside its namespaces, and allows nothing by a star', () => {
    for (const { rules = [] } of roles('ClusterRole'))
      assert.deepEqual(new Set(rules.flatMap(({ verbs }) => verbs)), new Set(['get', 'list']))
    for (const rule of all.flatMap(({ rules = [] }) => rules))
      assert.ok(![...rule.apiGroups, ...rule.resources, ...rule.verbs].includes('*'))
    assert.ok(!all.some(({ rules = [] }) => rules.some((rule) => rule.resources.includes('namespaces'))))
  })

  it('can be applied without the Job, for another one', () => {
    const access = all.filter(({ metadata }) => metadata.labels?.['flatnet/part'] === 'access')
    assert.deepEqual(
      all.filter((each) => !access.includes(each)).map(({ kind }) => kind),
      ['Job'],
    )
  })

  for (const name of ['job.yaml', 'shards.yaml'])
    it(`${name} runs under Pod Security restricted, as any user, with flags that flatnet has`, () => {
      const { securityContext, containers } = jobOf(name)
      assert.deepEqual(securityContext, { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      for (const { args, image, resources, securityContext: own } of containers) {
        const settings = settingsOf(args.map((arg) => arg.replace('$(JOB_COMPLETION_INDEX)', '0')))
        assert.equal(settings.probeImage, image)
        assert.deepEqual(Object.keys(resources), ['requests', 'limits'])
        assert.deepEqual(own, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
      }
    })

  it('and the others name the image of this version', () => {
    const { version } = parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    for (const name of ['job.yaml', 'shards.yaml', 'sonobuoy-plugin.yaml', 'chart/values.yaml', 'chart/Chart.yaml'])
      for (const [, found] of text(name).matchAll(/(?:flatnet:|[vV]ersion: )(\d[\w.-]*)/g))
        assert.equal(found, version, name)
  })
})

describe('the plug-in for Sonobuoy', () => {
  it('has the fields of its contract', () => {
    const plugin = parse(text('sonobuoy-plugin.yaml')) as {
      'sonobuoy-config': object
      spec: { args: string[]; volumeMounts: object[] }
    }
    assert.deepEqual(plugin['sonobuoy-config'], { driver: 'Job', 'plugin-name': 'flatnet', 'result-format': 'junit' })
    assert.deepEqual(plugin.spec.volumeMounts, [{ name: 'results', mountPath: '/tmp/sonobuoy/results' }])
    assert.equal(settingsOf(plugin.spec.args).publish, 'sonobuoy')
  })
})

describe('the chart', () => {
  it('has fewer than fifty lines of values', () => assert.ok(text('chart/values.yaml').split('\n').length < 50))

  it('gives the rights of the manifest, and no others', () => {
    const rule = /^\s+- \{ apiGroups.*$/gm
    const of = (name: string) =>
      new Set(
        text(name)
          .match(rule)
          ?.map((line) => line.trim()),
      )
    const [chart, manifest] = [of('chart/templates/access.yaml'), of('job.yaml')]
    const own = /resources: \[configmaps\]/
    assert.deepEqual(
      [...chart].filter((line) => !own.test(line)).sort(),
      [...manifest].filter((line) => !own.test(line)).sort(),
    )
  })
})

describe('the files of the image', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flatnet-image-'))
  after(() => rmSync(folder, { recursive: true }))

  it('are less than 60 MB, run, and have nothing that only developers read', () => {
    execaSync(process.execPath, [join(ROOT, 'deploy', 'production.mjs'), ROOT, folder])
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
    assert.ok(bytes > 5e6 && bytes < 60e6, `${bytes} bytes`)
    assert.ok(!files.some(({ name }) => /\.(d\.ts|map|md)$/.test(name)))
    const names = readdirSync(join(folder, 'node_modules'))
    assert.deepEqual(
      ['allure-commandline', 'typescript', 'testcontainers', 'playwright-core'].filter((each) => names.includes(each)),
      [],
    )
    const { stdout } = execaSync(process.execPath, [join(folder, 'bin', 'flatnet.mjs'), 'list', '--steps'])
    assert.match(stdout, /^Given$/m)
  })
})
