// npm run scale -- 3 10 30 50: what a run of the rows about every node costs on reference clusters of so many nodes (docs/scale.md).
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'yaml'

const sizes = process.argv.slice(2).map(Number)
if (sizes.length === 0 || sizes.some((size) => !(size >= 1))) {
  process.stderr.write('flatnet: npm run scale takes numbers of nodes: npm run scale -- 3 10 30\n')
  process.exit(64)
}
/** Rows that ask every node: pairs, the truth table, identity, a Service, DNS. */
const ROWS = ['P02', 'P03', 'P04', 'P05', 'S01', 'D01']

const say = (...columns) => process.stdout.write(`${columns.map((each) => `${each}`.padStart(11)).join('')}\n`)

/** The number in a line of a file of /proc; 0 once the process is gone. */
function procNumber(pid, file, name) {
  try {
    return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

async function measure(nodes) {
  const folder = mkdtempSync(join(tmpdir(), 'flatnet-scale-'))
  const limits = { pod: 600_000, schedule: 60_000 }
  const config = { apiVersion: 'flatnet/v1', kind: 'Configuration', outside: 'none', reference: { nodes }, limits }
  writeFileSync(join(folder, 'flatnet.yaml'), JSON.stringify(config))
  const args = ['run', ...ROWS, '--cluster', 'reference', '--nodes', 'all', '--seed', '1', '--config']
  const program = [process.execPath, join(import.meta.dirname, '..', 'bin', 'flatnet.mjs')]
  const [node, main] = program
  const child = spawn(node, [main, ...args, join(folder, 'flatnet.yaml'), '--output', join(folder, 'out')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = new Promise((resolve) => child.on('exit', resolve))
  let [memory, read, written] = [0, 0, 0]
  let code
  while (code === undefined) {
    code = await Promise.race([ended, delay(200)])
    memory = Math.max(memory, procNumber(child.pid, 'status', 'VmHWM'))
    read = Math.max(read, procNumber(child.pid, 'io', 'rchar'))
    written = Math.max(written, procNumber(child.pid, 'io', 'wchar'))
  }
  const report = join(folder, 'out', 'report.yaml')
  if (!existsSync(report)) return { nodes, code, memory, read, written, messages: 0, conversations: 0 }
  const { run, observations } = parse(readFileSync(report, 'utf8'))
  const traffic = observations.find(({ name }) => name === 'traffic of the run')?.value
  const messages = statSync(join(folder, 'out', 'messages.ndjson')).size
  rmSync(folder, { recursive: true })
  return { nodes, ...run, conversations: traffic?.conversations ?? 0, messages, memory, read, written, code }
}

const MB = (bytes) => (bytes / 1e6).toFixed(1)
say('nodes', 'exit code', 'API calls', 'convers.', 'seconds', 'read MB', 'written MB', 'messages', 'memory MB', 'load')
for (const size of sizes) {
  const cost = await measure(size)
  const { nodes, code, apiRequests = '?', conversations, seconds = '?', read, written, messages, memory } = cost
  say(
    ...[nodes, code, apiRequests, conversations, seconds, MB(read), MB(written), MB(messages), MB(memory * 1024)],
    loadavg()[0]?.toFixed(0),
  )
}
