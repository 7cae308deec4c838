// run-tests.mjs PATTERN ...: runs test files with node's test runner, and ends with the counts of all.
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Readable } from 'node:stream'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { Tally } from './tally.mjs'

/** A test that hangs must fail with its name, before the whole pipeline times out. */
const LONGEST_MS = 45 * 60_000

const files = globSync(process.argv.slice(2)).sort()
const isUnit = (file) => file.startsWith('tests/unit/')
/** Unit tests need no cluster. The others load the whole machine, so they run one file at a time. */
const groups = [
  { files: files.filter(isUnit), concurrency: availableParallelism() },
  { files: files.filter((file) => !isUnit(file)), concurrency: 1 },
]

const tally = new Tally()

async function* events() {
  for (const group of groups) {
    if (group.files.length === 0) continue
    for await (const event of run({ ...group, timeout: LONGEST_MS })) {
      tally.add(event)
      yield event
    }
  }
}

const reported = Readable.from(events()).compose(spec)
reported.pipe(process.stdout, { end: false })
reported.on('end', () => {
  process.stdout.write(tally.text())
  process.exitCode = tally.good ? 0 : 1
})
