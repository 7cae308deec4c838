import assert from 'node:assert/strict'
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { buildSync } from 'esbuild'
import { ProofReport } from '../../prover/report.ts'
import { preflight } from '../../reference/index.ts'
import { Desk, ROOT } from './cli.ts'

const skip = (await preflight()) ?? false
const SETTINGS = 'apiVersion: flatnet/v1\nkind: Configuration\noutside: none\nreference: { nodes: 2 }\n'

/** A suite with one weakness, and the fault that nobody notices any more. */
interface Weakness {
  name: string
  file: string
  from: string
  to: string
  fault: string
  survivedIn: string[]
}

const WEAKNESSES: Weakness[] = [
  {
    name: 'compares only addresses',
    file: 'dist/promises/conversations/claims.js',
    from: ' && client?.local.port === server?.peer.port',
    to: '',
    fault: 'port-translation',
    survivedIn: ['P05', 'P12'],
  },
  {
    name: 'looks at one of five datagrams',
    file: 'probe/dial/udp.ts',
    from: '!outcome.server || (mirrors(dial, ip, outcome) && !mirrors(dial, ip, { client, server: reply.view }))',
    to: '!outcome.server',
    fault: 'translation-from-the-second-datagram-on',
    survivedIn: ['P04', 'P05'],
  },
  {
    name: 'skips the reverse direction',
    file: 'dist/fixtures/pairs.js',
    from: 'return from && to && from.uid !== to.uid ?',
    to: 'return from && to && from.uid !== to.uid && index <= (index + step) % nodes.length ?',
    fault: 'source-nat-of-udp',
    survivedIn: ['P04', 'P05'],
  },
]

/** A copy of what is compiled, weakened; gives its program. */
function plant({ file, from, to }: Weakness, folder: string): string {
  for (const part of ['baselines', 'bin', 'dist', 'features', 'probe', 'package.json', 'cucumber.cjs'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const before = readFileSync(join(folder, file), 'utf8')
  assert.equal(before.split(from).length, 2, `${file} says this once: ${from}`)
  writeFileSync(join(folder, file), before.replace(from, to))
  if (file.endsWith('.ts')) {
    const entryPoints = [join(folder, 'probe/main.ts')]
    const outfile = join(folder, 'dist/probe.cjs')
    buildSync({ entryPoints, outfile, bundle: true, format: 'cjs', platform: 'node', target: 'node20' })
  }
  return join(folder, 'bin', 'flatnet.mjs')
}

describe('the prover names a survivor when the suite', { skip }, () => {
  for (const weakness of WEAKNESSES) {
    it(weakness.name, async () => {
      using desk = new Desk()
      desk.file('flatnet.yaml', SETTINGS)
      const program = plant(weakness, desk.path('weak'))
      const args = ['prove', '--worlds', '1', '--every-node', '--fault', weakness.fault]
      const { code, stdout, stderr } = await desk.start(args, {}, [program]).done
      assert.equal(code, 1, stdout + stderr)
      const text = readFileSync(desk.path('flatnet-report', 'proof.json'), 'utf8')
      const { survivors, trials } = ProofReport.parse(JSON.parse(text))
      assert.deepEqual(survivors, [weakness.fault])
      const unnoticed = trials.filter(({ result }) => result === 'survived').flatMap(({ survivedIn }) => survivedIn)
      for (const id of weakness.survivedIn) assert.ok(unnoticed.includes(id), `${id}: ${stdout}`)
      assert.match(
        stdout,
        new RegExp(`^Survived\\n +${weakness.fault} on node-\\d: .*\\b${weakness.survivedIn[0]}\\b`, 'm'),
      )
    })
  }
})
