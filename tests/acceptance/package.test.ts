import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { preflight } from '../../reference/index.ts'
import { Desk, MAIN, type Outcome, ROOT, sentenceOf, start } from './cli.ts'

interface Manifest {
  bin: Record<string, string>
  version: string
}
interface Lock {
  packages: Record<string, { dev?: boolean }>
}

const skip = (await preflight()) ?? false

const readJson = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T

/** Packs the sources as npm does for publishing, in a copy; gives the tarball. */
function pack(work: string): string {
  const copy = join(work, 'copy')
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  for (const file of files.split('\n').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, file), join(copy, file), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'))
  const packed = spawnSync('npm', ['pack', '--silent', '--offline', '--pack-destination', work], {
    cwd: copy,
    encoding: 'utf8',
  })
  assert.equal(packed.status, 0, packed.stdout + packed.stderr)
  const [tarball = ''] = readdirSync(work).filter((name) => name.endsWith('.tgz'))
  return join(work, tarball)
}

/** Installs the tarball as npm would, with links to the dependencies of the lock file: no others are to be found. */
function install(tarball: string, folder: string): string {
  const modules = join(folder, 'node_modules')
  const own = join(modules, 'flatnet')
  mkdirSync(own, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', own, '--strip-components=1'])
  const { packages } = readJson<Lock>(join(ROOT, 'package-lock.json'))
  for (const [path, { dev = false }] of Object.entries(packages)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1]
    if (name === undefined || dev || !existsSync(join(ROOT, path))) continue
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(ROOT, path), join(modules, name))
  }
  mkdirSync(join(modules, '.bin'))
  for (const [name, path] of Object.entries(readJson<Manifest>(join(own, 'package.json')).bin)) {
    symlinkSync(join('..', 'flatnet', path), join(modules, '.bin', name))
  }
  return own
}

describe('the package, installed into an empty folder', () => {
  const work = mkdtempSync(join(tmpdir(), 'flatnet-package-'))
  const folder = join(work, 'empty')
  let own = ''
  let desk: Desk
  before(() => {
    desk = new Desk()
    own = install(pack(work), folder)
  })
  after(() => {
    desk[Symbol.dispose]()
    rmSync(work, { recursive: true, force: true })
  })

  /** Calls an installed command as a shell does: by its link, which finds Node on PATH. */
  const call = (name: string, ...args: string[]): Promise<Outcome> => {
    const env = desk.environment({ PATH: `${dirname(process.execPath)}:${process.env.PATH}` })
    return start([join(folder, 'node_modules', '.bin', name), ...args], folder, env).done
  }

  it('carries compiled JavaScript, features and nothing to compile', () => {
    const names = readdirSync(own, { recursive: true }).map(String)
    assert.deepEqual(
      names.filter((name) => name.endsWith('.ts')),
      [],
    )
    assert.ok(names.includes('bin/flatnet.mjs') && names.includes('dist/probe.cjs'))
    assert.ok(names.some((name) => name.endsWith('.feature')))
    for (const folder of ['tests', 'node_modules', 'flatnet-report']) assert.ok(!names.includes(folder), folder)
  })

  it('lists and explains', async () => {
    const list = await call('flatnet', 'list')
    assert.equal(list.code, 0, list.stderr)
    assert.match(list.stdout, /^ +P04 +core /m)
    const explained = await call('flatnet', 'explain', 'P04')
    assert.equal(explained.code, 0, explained.stderr)
    assert.match(explained.stdout, /^P04 +The server sees the client's own address/m)
  })

  it('says its version', async () => {
    const { stdout } = await call('flatnet', '--version')
    assert.equal(stdout.trim(), readJson<Manifest>(join(ROOT, 'package.json')).version)
  })

  it('calls itself kubectl flatnet where kubectl calls it', async () => {
    const plugin = await call('kubectl-flatnet', '--help')
    assert.equal(plugin.code, 0, plugin.stderr)
    assert.match(plugin.stdout, /^Usage: kubectl flatnet /)
    assert.match((await call('kubectl-flatnet', 'run', '--help')).stdout, /^Usage: kubectl flatnet run /)
    assert.match((await call('flatnet', '--help')).stdout, /^Usage: flatnet /)
  })

  it('tests a cluster', { skip }, async () => {
    desk.file('flatnet.yaml', 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nreference: { nodes: 1 }\n')
    const { code, stdout, stderr } = await call(
      'flatnet',
      ...['run', 'P01', '--cluster', 'reference', '--config', desk.path('flatnet.yaml'), '--output', desk.path('out')],
    )
    assert.equal(code, 3, stdout + stderr)
    assert.match(stdout, /^ *ok +P01 /m)
    assert.equal(existsSync(desk.path('out', 'index.html')), true)
    assert.deepEqual(readdirSync(folder), ['node_modules'], 'nothing is written where it was called')
  })
})

/** A Node of this machine that is too old for flatnet. */
function oldNode(): string | undefined {
  const folders = ['/usr/bin', '/usr/local/bin', ...(process.env.PATH ?? '').split(':')]
  const found = folders.filter((folder) => !folder.includes('node_modules')).map((folder) => join(folder, 'node'))
  return found.filter(existsSync).find((path) => {
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' })
    return Number(/^v(\d+)/.exec(version)?.[1]) < 22
  })
}

describe('a Node that is too old', () => {
  const old = oldNode()
  const skip = old === undefined && 'there is none on this machine'

  it('is told so in one sentence', { skip }, async () => {
    using desk = new Desk()
    cpSync(MAIN, desk.path('flatnet', 'bin', 'flatnet.mjs'))
    const called = [old ?? '', desk.path('flatnet', 'bin', 'flatnet.mjs'), 'run']
    const outcome = await start(called, desk.folder, desk.environment()).done
    assert.match(
      sentenceOf({ ...outcome, stderr: outcome.stderr.replace(/…$/m, '….') }),
      /^Node \d+\.\d+\.\d+ is too old; flatnet needs 22\.22, 24 or newer/,
    )
    assert.equal(outcome.code, 2)
    assert.equal(outcome.stdout, '')
    assert.equal(outcome.stderr.trimEnd().split('\n').length, 1)
  })

  it('is not used in a checkout, which has a Node of its own', { skip }, async () => {
    using desk = new Desk()
    const { code, stdout, stderr } = await start([old ?? '', MAIN, 'explain', 'P04'], desk.folder, desk.environment())
      .done
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^P04 /m)
  })
})

describe('a checkout', () => {
  it('says what to do while its dependencies are missing', async () => {
    using desk = new Desk()
    for (const file of ['bin/flatnet.mjs', 'scripts/build.mjs']) cpSync(join(ROOT, file), desk.path(file))
    const outcome = await start([process.execPath, desk.path('bin/flatnet.mjs')], desk.folder, desk.environment()).done
    assert.match(sentenceOf(outcome), /^the dependencies are not installed; run npm ci in \/\S+ first\.$/)
    assert.equal(outcome.code, 2)
  })
})
