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

/** Milliseconds; npm itself tries for an hour to reach a registry that does not answer. */
const LONGEST = 240_000

/**
 * Calls npm for this folder, with the settings of the machine; what its cache has is not fetched again.
 * @returns what npm complained about; empty where it did what it was asked.
 */
export function npm(folder: string, ...args: string[]): string {
  mkdirSync(folder, { recursive: true })
  // An npm around these tests hands on its settings, and with them the folder that it works for.
  const { npm_config_local_prefix: _, ...env } = process.env
  const done = spawnSync('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...env, PATH: [dirname(process.execPath), env.PATH].join(delimiter) },
    timeout: LONGEST,
  })
  return done.status === 0 ? '' : `npm ${args.join(' ')}: ${done.error?.message ?? ''}${done.stdout}${done.stderr}`
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
