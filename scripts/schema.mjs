// npm run schema: writes the published JSON Schema of the proof report. It reads the compiled sources.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { proofSchema } from '../dist/prover/report.js'

const folder = fileURLToPath(new URL('../docs/schemas/', import.meta.url))
mkdirSync(folder, { recursive: true })
writeFileSync(`${folder}proof-report.schema.json`, `${JSON.stringify(proofSchema(), null, 2)}\n`)
