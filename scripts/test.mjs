// npm test: sets up what is missing, then checks the sources, and runs unit and acceptance tests.
import { readFileSync } from 'node:fs'
import { runOwn, setUp } from './setup.mjs'

setUp()
const say = (text) => process.stderr.write(`flatnet: ${text}\n`)
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
say(`testing flatnet ${version}`)

const steps = [
  [
    'formatting, lint and import directions',
    ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  ],
  ['types', ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  [
    'tests',
    [
      '--test',
      '--test-concurrency=2',
      '--test-reporter=spec',
      ...(process.argv.length > 2 ? process.argv.slice(2) : ['tests/**/*.test.ts']),
    ],
  ],
]
for (const [what, args] of steps) {
  say(what)
  const code = runOwn(args)
  if (code !== 0) process.exit(code)
}
