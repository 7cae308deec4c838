// npm run bench -- --kubeconfig FILE: what flatnet's core costs on a standing cluster. With --e2e FILE (or FLATNET_E2E), the
// network specs of the certification run on the same cluster too, and the ratio is printed (docs/benchmark.md). Arguments after
// another -- go to e2e.test.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { KubeConfig } from '@kubernetes/client-node'
import { requestsOf } from './bench/api-requests.mjs'
import { costs } from './bench/costs.mjs'

/** The network specs of the certification, without those that certification runs one by one. */
const FOCUS = String.raw`\[sig-network\].*\[Conformance\]`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kubeconfig: { type: 'string', default: process.env.KUBECONFIG },
    e2e: { type: 'string', default: process.env.FLATNET_E2E },
    focus: { type: 'string', default: FOCUS },
    profile: { type: 'string', default: 'core' },
    top: { type: 'string', default: '10' },
  },
})
if (!values.kubeconfig) {
  process.stderr.write('flatnet: npm run bench needs a standing cluster: npm run bench -- --kubeconfig FILE\n')
  process.exit(64)
}
const config = new KubeConfig()
config.loadFromFile(values.kubeconfig)
const folder = mkdtempSync(join(tmpdir(), 'flatnet-bench-'))

/** Runs a command to its end, and gives its seconds and the requests that the API server got from any client meanwhile. */
async function measure(command, args) {
  const before = await requestsOf(config)
  const begun = performance.now()
  const { status, stdout, error } = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })
  if (error) throw error
  const seconds = (performance.now() - begun) / 1000
  const after = await requestsOf(config)
  return { status, stdout, seconds, requests: after === undefined ? undefined : after - before }
}

const say = (line) => process.stdout.write(`${line}\n`)
const tell = (what, { seconds, requests, status }, more) =>
  say(
    `${what.padEnd(16)}${seconds.toFixed(1).padStart(8)} s  ${requests ?? '?'} requests to the API server  ${more}  exit code ${status}`,
  )

const output = join(folder, 'flatnet')
const run = ['bin/flatnet.mjs', 'run', '--kubeconfig', values.kubeconfig, '--profile', values.profile]
const own = await measure(process.execPath, [...run, '--output', output])
const { scenarios, rows, busy } = costs(readFileSync(join(output, 'messages.ndjson'), 'utf8'))
tell(`flatnet ${values.profile}`, own, `${rows} rows of ${scenarios.length} scenarios`)
for (const { id, rows: n, seconds, longest } of scenarios.slice(0, Number(values.top)))
  say(
    `  ${id.padEnd(6)}${seconds.toFixed(1).padStart(8)} s in ${n} ${n === 1 ? 'row' : 'rows'}, the longest ${longest.toFixed(1)} s`,
  )
say(`  all rows one after the other would take ${busy.toFixed(1)} s`)

if (!values.e2e) {
  say('certification   not measured: name its e2e.test by --e2e (docs/benchmark.md says how to build it)')
  process.exit(0)
}
const specs = ['--provider=skeleton', `--kubeconfig=${values.kubeconfig}`, `--ginkgo.focus=${values.focus}`]
const certified = await measure(values.e2e, [...specs, '--ginkgo.no-color', `--report-dir=${folder}`, ...positionals])
const ran = /Ran (\d+) of \d+ Specs/.exec(certified.stdout)?.[1]
tell('certification', certified, `${ran ?? 'no'} specs`)
// A run that ended early, or waited for something that is broken, is no measure.
const isWhole = own.status === 0 && rows > 0 && certified.status === 0 && Number(ran) > 0
if (isWhole) say(`ratio           ${(certified.seconds / own.seconds).toFixed(1)} to 1`)
else say('ratio           none, because one of the two did not pass')
process.exit(isWhole ? 0 : 2)
