// npm run hunt -- --worlds N --seed S: lets the suite judge random healthy worlds. It must call no promise of theirs broken.
import { parseArgs } from 'node:util'
import { preflight } from '../../reference/index.ts'
import { hunt, isFalse, lineOf } from './hunt.ts'
import { drawWorld } from './world.ts'

const { values, positionals } = parseArgs({
  options: { worlds: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const [worlds, seed] = [Number(values.worlds), Number(values.seed)]
if (!Number.isInteger(worlds) || worlds < 1 || !Number.isInteger(seed) || seed < 0) {
  process.stderr.write('flatnet: --worlds takes a whole number from 1 up, and --seed one from 0 up.\n')
  process.exit(64)
}
const missing = await preflight()
if (missing) {
  process.stderr.write(`flatnet: the reference cluster cannot start here: ${missing}\n`)
  process.exit(2)
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const wrong: number[] = []
for (let n = 0; n < worlds; n++) {
  const found = await hunt(drawWorld(seed + n), positionals)
  say(lineOf(found))
  if (!isFalse(found)) continue
  wrong.push(found.world.seed)
  for (const sentence of found.because) say(`      ${sentence}`)
  if (found.because.length === 0) say(`${found.outcome.stdout}${found.outcome.stderr}`)
}
say(
  wrong.length === 0
    ? `no false word about ${worlds} worlds`
    : `false words about the worlds of seeds ${wrong.join(', ')}`,
)
process.exitCode = wrong.length === 0 ? 0 : 1
