#!/usr/bin/env node
// The start of the commands `flatnet` and `kubectl flatnet`. It is committed, because npm links a command only if its file exists at
// the time of the installation. It is plain JavaScript for old releases of Node, because it says if Node is too old.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

const BUILD = inPackage('scripts/build.mjs')
const OWN_NODE = inPackage('node_modules/node/bin/node')
const PROGRAM = new URL('../dist/cli/main.js', import.meta.url)
/** The build writes it last. */
const BUILT = inPackage('dist/probe.cjs')

const isCheckout = existsSync(BUILD)
const { node: version } = process.versions

/** As `engines` in package.json says. */
function isTooOld([major, minor]) {
  return major < 22 || (major === 22 && minor < 22) || major === 23
}

const say = (sentence) => process.stderr.write(`flatnet: ${sentence}\n`)

/** Ends without a verdict. */
function refuse(sentence) {
  say(sentence)
  process.exitCode = 2
}

/** Runs the same command line under the checkout's own Node, and ends with its exit code. */
function runWithOwnNode() {
  const child = spawn(OWN_NODE, process.argv.slice(1), { stdio: 'inherit' })
  // Ctrl-C in the terminal also reaches the child, which cleans up. This process only waits for it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code) => process.exit(code === null ? 130 : code))
}

/** Whether a checkout could be built. */
function build() {
  say('building, once')
  return spawnSync(process.execPath, [BUILD], { stdio: ['ignore', 2, 2] }).status === 0
}

function run() {
  import(PROGRAM).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    refuse(`this installation is not complete: ${error.message}; install flatnet again.`)
  })
}

if (isCheckout && !existsSync(inPackage('node_modules/typescript')))
  refuse(`the dependencies are not installed; run npm ci in ${inPackage('.')} first.`)
else if (isTooOld(version.split('.').map(Number))) {
  if (existsSync(OWN_NODE)) runWithOwnNode()
  else refuse(`Node ${version} is too old; flatnet needs 22.22, 24 or newer: npx -p node@24 -p flatnet flatnet …`)
} else if (existsSync(BUILT)) run()
else if (!isCheckout) refuse('this installation is not complete: it has no compiled program; install flatnet again.')
else if (build()) run()
else refuse('the build failed; the output of the compiler is above.')
