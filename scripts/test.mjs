// npm test: sets up what is missing, then runs formatter, lint and type checks and all tests. npm test -- FILE runs one test file.
import { BROWSER, installPackages } from './packages.mjs'
import { runOwn, setUp } from './setup.mjs'

const wanted = process.argv.slice(2)
installPackages()
if (wanted.length === 0 || wanted.some((file) => file.includes('page'))) installPackages(BROWSER)
setUp()

const files = wanted.length > 0 ? wanted : ['tests/**/*.test.ts']
const steps = [
  ['formatting and lint', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']],
  ['import directions', ['scripts/imports.mjs']],
  ['what nothing imports', ['node_modules/knip/bin/knip.js', '--no-progress']],
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['tests', ['scripts/run-tests.mjs', ...files]],
]
for (const [what, args] of steps) {
  process.stderr.write(`flatnet: ${what}\n`)
  const code = runOwn(args)
  if (code !== 0) process.exit(code)
}
