// npm run specification: writes the rows of this version of the specification. A released version is not written again: a change of
// the rows needs a new version (reports/specification.ts). `-- --release`: this version is released today.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { SPECIFICATION } from '../dist/reports/specification.js'
import { readSpecification } from '../dist/suite/features.js'
import { frozenRows } from '../dist/suite/frozen.js'

const folder = fileURLToPath(new URL('../docs/specification/', import.meta.url))
const file = `${folder}${SPECIFICATION}.yaml`
const before = existsSync(file) ? parse(readFileSync(file, 'utf8')) : {}
if (before.released !== undefined) {
  console.error(
    `specification ${SPECIFICATION} was released on ${before.released} and does not change; expected a new version.`,
  )
  process.exit(1)
}
const released = process.argv.includes('--release') ? { released: new Date().toISOString().slice(0, 10) } : {}
mkdirSync(folder, { recursive: true })
const text = stringify(
  { specification: SPECIFICATION, ...released, rows: frozenRows(readSpecification()) },
  { lineWidth: 0 },
)
writeFileSync(file, text)
