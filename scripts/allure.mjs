// npm run allure: renders the last run's Allure results with allure-commandline, which needs Java.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { runOwn, setUp } from './setup.mjs'

const folder = resolve(process.argv[2] ?? 'flatnet-report')
const say = (text) => process.stderr.write(`flatnet: ${text}\n`)

if (!existsSync(`${folder}/allure-results`)) {
  say(`there are no Allure results in ${folder}; run flatnet first, or name its report folder: npm run allure -- DIR.`)
  process.exit(64)
}
if (spawnSync('java', ['-version'], { stdio: 'ignore' }).status !== 0) {
  say(
    'allure-commandline needs Java, and there is none on PATH; on Debian or Ubuntu: apt-get install default-jre-headless.',
  )
  process.exit(2)
}
setUp()
process.exit(
  runOwn([
    'node_modules/allure-commandline/bin/allure',
    'generate',
    '--clean',
    '--output',
    `${folder}/allure`,
    `${folder}/allure-results`,
  ]),
)
