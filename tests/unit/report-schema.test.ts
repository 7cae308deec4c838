import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { reportSchema } from '../../reports/schema.ts'

it('the schema of the report is the one that is published', () => {
  const published = readFileSync(new URL('../../docs/schemas/conformance-report.schema.json', import.meta.url), 'utf8')
  assert.deepEqual(JSON.parse(published), reportSchema(), 'npm run schema writes it anew')
})
