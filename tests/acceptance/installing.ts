import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { ROOT } from './cli.ts'

/** Puts the sources into a folder, as a clone has them, with the dependencies of this checkout. */
export function copySources(folder: string): void {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  for (const file of files.split('\n').filter((name) => name !== '' && existsSync(join(ROOT, name)))) {
    cpSync(join(ROOT, file), join(folder, file), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
}

/**
 * Calls npm as a user's shell does, without what an npm around these tests has set; what its cache has is not fetched again.
 * @returns what npm complained about; empty where it did what it was asked.
 */
export function npm(folder: string, ...args: string[]): string {
  mkdirSync(folder, { recursive: true })
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')))
  const done = spawnSync('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, PATH: [dirname(process.execPath), env.PATH].join(delimiter) },
  })
  return done.status === 0 ? '' : `npm ${args.join(' ')}: ${done.stdout}${done.stderr}`
}

/** Packs the sources as npm does for publishing, in a copy; gives the tarball. */
export function pack(work: string): string {
  copySources(join(work, 'copy'))
  assert.equal(npm(join(work, 'copy'), 'pack', '--pack-destination', work), '')
  const [tarball = ''] = readdirSync(work).filter((name) => name.endsWith('.tgz'))
  return join(work, tarball)
}

/** Another release of Node, as npm has it for this machine; undefined where npm has none. */
export function otherNode(release: number, work: string): string | undefined {
  if (process.versions.node.startsWith(`${release}.`)) return process.execPath
  const name = `node-${process.platform}-${process.arch}`
  if (npm(join(work, `node-${release}`), 'install', `${name}@${release}`) !== '') return undefined
  return join(work, `node-${release}`, 'node_modules', name, 'bin', 'node')
}
