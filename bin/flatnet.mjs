#!/usr/bin/env node
// The start of the commands `flatnet` and `kubectl flatnet`. It is committed, because npm links a command only if its file exists at
// the time of the installation. It is plain JavaScript for old releases of Node, because it says if Node is too old.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const say = (sentence) => process.stderr.write(`flatnet: ${sentence}\n`)

const BUILD = inPackage('scripts/build.mjs')
const OWN_NODE = inPackage('node_modules/node/bin/node')
const PROGRAM = new URL('../dist/cli/main.js', import.meta.url)
/** The build writes it last. */
const BUILT = inPackage('dist/probe.cjs')

/** As `engines` in package.json says. */
function isTooOld([major, minor]) {
  return major < 22 || (major === 22 && minor < 22) || major === 23
}

/** Ends with the exit code of the same command line under the checkout's own Node. */
function runWithOwnNode() {
  const child = spawn(OWN_NODE, process.argv.slice(1), { stdio: 'inherit' })
  // Ctrl-C in the terminal also reaches the child, which cleans up. This process only waits for it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code) => process.exit(code === null ? 130 : code))
}

/** Whether there is a program to run, which a checkout may have to build first. */
function isReady() {
  const isCheckout = existsSync(BUILD)
  if (isCheckout && !existsSync(inPackage('node_modules/typescript'))) {
    say(`the dependencies are not installed; run npm ci in ${inPackage('.')} first.`)
    return false
  }
  if (existsSync(BUILT)) return true
  if (!isCheckout) {
    say('this installation is not complete: it has no compiled program; install flatnet again.')
    return false
  }
  say('building, once')
  if (spawnSync(process.execPath, [BUILD], { stdio: ['ignore', 2, 2] }).status === 0) return true
  say('the build failed; the output of the compiler is above.')
  return false
}

if (isTooOld(process.versions.node.split('.').map(Number))) {
  if (existsSync(OWN_NODE)) runWithOwnNode()
  else {
    say(
      `Node ${process.versions.node} is too old; flatnet needs 22.22, 24 or newer: npx -p node@24 -p flatnet flatnet …`,
    )
    process.exitCode = 2
  }
} else if (isReady()) {
  import(PROGRAM).catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error
    say(`this installation is not complete: ${error.message}; install flatnet again.`)
    process.exitCode = 2
  })
} else process.exitCode = 2
