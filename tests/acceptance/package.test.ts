import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { Desk, type Outcome, ROOT, sentenceOf, start } from './cli.ts'
import { npm, otherNode, pack } from './installing.ts'

const skip = (await preflight()) ?? false
const hasJava = spawnSync('java', ['-version']).status === 0

/** The releases of Node that `engines` in package.json allows. */
const RELEASES = [22, 24, 26]
const ALLURE_3 = 'allure@3.18.0'

describe('the package, installed into an empty folder', () => {
  const work = mkdtempSync(join(tmpdir(), 'flatnet-package-'))
  const folder = join(work, 'empty')
  const own = join(folder, 'node_modules', 'flatnet')
  const has = (name: string) => existsSync(join(folder, 'node_modules', name))
  let desk: Desk
  let run = ''
  before(() => {
    desk = new Desk()
    desk.file('flatnet.yaml', 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nreference: { nodes: 1 }\n')
    run = desk.path('out')
    assert.equal(npm(folder, 'install', '--omit=optional', pack(work)), '')
  })
  after(() => {
    desk[Symbol.dispose]()
    rmSync(work, { recursive: true, force: true })
  })

  /** Calls an installed command as a shell does: by its link, which finds Node on PATH. */
  const call = (command: string[], node = process.execPath, path = process.env.PATH ?? ''): Promise<Outcome> => {
    const [name = '', ...args] = command
    const env = desk.environment({ PATH: [dirname(node), path].join(delimiter), JAVA_HOME: '' })
    return start([join(folder, 'node_modules', '.bin', name), ...args], folder, env).done
  }
  const testing = (...ids: string[]) => [
    ...['flatnet', 'run', ...ids, '--cluster', 'reference'],
    ...['--config', desk.path('flatnet.yaml'), '--output', run],
  ]

  /** That the installed commands do what they do in a checkout. */
  async function works(node?: string): Promise<void> {
    const list = await call(['flatnet', 'list'], node)
    assert.equal(list.code, 0, list.stderr)
    assert.match(list.stdout, /^ +P04 +core /m)
    const explained = await call(['flatnet', 'explain', 'P04'], node)
    assert.equal(explained.code, 0, explained.stderr)
    assert.match(explained.stdout, /^P04 +The server sees the client's own address/m)
    if (skip) return
    const { code, stdout, stderr } = await call(testing('P01', 'C01'), node)
    assert.equal(code, 3, stdout + stderr)
    assert.match(stdout, /^ *ok +C01 [\s\S]*^ *ok +P01 /m)
    assert.equal(existsSync(join(run, 'index.html')), true)
    assert.deepEqual(
      readdirSync(folder).filter((name) => !['node_modules', 'package.json', 'package-lock.json'].includes(name)),
      [],
      'nothing is written where it was called',
    )
  }

  /** That Allure's page of the last run is made by this package. */
  async function renders(by: RegExp, node?: string, path?: string): Promise<void> {
    const { code, stdout, stderr } = await call(['flatnet', 'report', '--allure', run], node, path)
    assert.equal(code, 0, stderr)
    assert.match(stderr, by)
    const page = readFileSync(join(folder, stdout.trim()), 'utf8')
    assert.match(page, /^<!DOCTYPE html>/i)
    assert.doesNotMatch(page, /googletagmanager/, 'the reader of a page is not counted')
  }

  it('carries compiled JavaScript, features and nothing to compile', () => {
    const names = readdirSync(own, { recursive: true }).map(String)
    assert.deepEqual(
      names.filter((name) => name.endsWith('.ts')),
      [],
    )
    assert.ok(names.includes('bin/flatnet.mjs') && names.includes('dist/probe.cjs'))
    assert.ok(names.some((name) => name.endsWith('.feature')))
    for (const folder of ['tests', 'scripts', 'flatnet-report']) assert.ok(!names.includes(folder), folder)
  })

  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    assert.equal((await call(['flatnet', '--version'])).stdout.trim(), version)
  })

  it('calls itself kubectl flatnet where kubectl calls it', async () => {
    const plugin = await call(['kubectl-flatnet', '--help'])
    assert.equal(plugin.code, 0, plugin.stderr)
    assert.match(plugin.stdout, /^Usage: kubectl flatnet /)
    assert.match((await call(['kubectl-flatnet', 'run', '--help'])).stdout, /^Usage: kubectl flatnet run /)
    assert.match((await call(['flatnet', '--help'])).stdout, /^Usage: flatnet /)
  })

  describe('without the optional packages', () => {
    it('works', async () => {
      assert.ok(!has('allure-commandline') && !has('testcontainers') && !has('allure'))
      await works()
    })

    it('says which package --outside docker needs', async () => {
      const outcome = await call([
        'flatnet',
        'run',
        'P01',
        '--cluster',
        'reference',
        '--outside',
        'docker',
        '--output',
        run,
      ])
      assert.match(sentenceOf(outcome), /^--outside docker cannot be done here: .*testcontainers/)
      assert.equal(outcome.code, 2)
    })

    it('says what renders Allure’s results', { skip }, async () => {
      await call(testing('P01'))
      const outcome = await call(['flatnet', 'report', '--allure', run])
      assert.match(sentenceOf(outcome), /^Allure's page cannot be rendered: .*allure@3 flatnet report --allure/)
      assert.equal(outcome.code, 2)
    })
  })

  describe('with the optional packages', () => {
    before(() => {
      assert.equal(npm(folder, 'install', '--include=optional'), '')
      assert.ok(has('allure-commandline') && has('testcontainers') && !has('allure'))
    })

    for (const release of RELEASES) {
      it(`works on Node ${release}`, async (test) => {
        const node = otherNode(release, work)
        if (node === undefined) return test.skip('npm has no such Node for this machine')
        await works(node)
        if (!skip && hasJava) await renders(/by allure-commandline 2\./, node)
      })
    }

    it('has Allure 3 render where there is no Java', { skip }, async () => {
      assert.equal(npm(folder, 'install', ALLURE_3), '')
      const none = desk.path('none')
      await renders(/by allure 3\./, process.execPath, none)
    })
  })
})
