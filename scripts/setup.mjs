// What the README's commands stand on: dependencies and build, each only where it is missing or stale.
// Plain JavaScript for any Node that npm runs on: what it installs brings the right one.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ROOMS } from './rooms.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const INSTALLED = join(root, 'node_modules', '.package-lock.json')
const BUILT = join(root, 'dist', 'probe.cjs')

/** This project's own Node, once it is installed. */
const node = join(root, 'node_modules', 'node', 'bin', 'node')

const age = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0)

const newest = (folder) =>
  existsSync(folder)
    ? Math.max(0, ...readdirSync(folder, { recursive: true }).map((name) => age(join(folder, String(name)))))
    : 0

const say = (text) => process.stderr.write(`flatnet: ${text}\n`)

/** Installs and builds what is missing, saying so; a second call does nothing. */
export function setUp() {
  if (age(INSTALLED) < age(join(root, 'package-lock.json')) || !existsSync(node)) {
    say('installing dependencies (npm ci), once')
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
    if (!existsSync(node)) {
      say(
        'npm has not run the install script of the package node, which brings Node 24; allow it: npm ci --no-ignore-scripts.',
      )
      process.exit(2)
    }
  }
  const sources = Math.max(
    ...Object.keys(ROOMS).map((room) => newest(join(root, room))),
    age(join(root, 'scripts', 'build.mjs')),
  )
  if (age(BUILT) < sources) {
    say('building')
    run(node, ['scripts/build.mjs'])
  }
}

function run(command, args) {
  try {
    execFileSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  } catch (error) {
    say(`${command} ${args.join(' ')} failed (${error.status ?? error.code}); what it said stands above.`)
    process.exit(2)
  }
}

/** Runs one of the project's own programs with its own Node; gives its exit code. */
export function runOwn(args, options = {}) {
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`
  const { status, signal } = spawnSync(node, args, {
    stdio: 'inherit',
    ...options,
    env: { ...process.env, PATH: path, ...options.env },
  })
  return signal ? 130 : (status ?? 2)
}
