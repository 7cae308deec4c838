// npm run schema: writes the published JSON Schemas of flatnet.yaml and the reports. It reads the compiled sources.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { diagnosisSchema } from '../dist/cli/doctor/diagnosis.js'
import { configurationSchema } from '../dist/cli/init/schema.js'
import { proofSchema } from '../dist/prover/report.js'
import { reportSchema } from '../dist/reports/schema.js'
import { watchSchema } from '../dist/watch/schema.js'

const folder = fileURLToPath(new URL('../docs/schemas/', import.meta.url))
mkdirSync(folder, { recursive: true })
const write = (name, schema) => writeFileSync(`${folder}${name}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`)
write('proof-report', proofSchema())
write('configuration', configurationSchema())
write('diagnosis', diagnosisSchema())
write('conformance-report', reportSchema())
write('watch-report', watchSchema())
